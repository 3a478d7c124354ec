import './cases/marks';
import './cases/editor';
import './cases/analysis';
import './cases/panel';
import './cases/end-to-end';
