/** A page as text, as the test runner's bundler gives it. Node's types stay out of this package: it runs in browsers. */
declare module "*.md?raw" {
  const text: string;
  export default text;
}
