declare module '*.py' {
  const text: string;
  // eslint-disable-next-line no-restricted-syntax -- the form in which the bundler gives a file's text
  export default text;
}
