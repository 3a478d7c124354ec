/** Sets `data-theme` on the page: by the editor's theme where there is an editor, else as the person's system has it. */
export function followTheme(): void {
  const dark = window.matchMedia('(prefers-color-scheme: dark)');
  const choose = (): void => {
    const { classList } = document.body;
    const light = classList.contains('vscode-light') || classList.contains('vscode-high-contrast-light');
    const inEditor = [...classList].some((name) => name.startsWith('vscode-'));
    document.documentElement.dataset['theme'] = (inEditor ? !light : dark.matches) ? 'dark' : 'light';
    document.documentElement.dataset['contrast'] = [...classList].some((name) => name.startsWith('vscode-high-contrast')) ? 'high' : 'normal';
  };
  choose();
  dark.addEventListener('change', choose);
  new MutationObserver(choose).observe(document.body, { attributes: true, attributeFilter: ['class'] });
}
