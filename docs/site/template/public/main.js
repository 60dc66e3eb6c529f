// Blocks without a language, such as what a command prints, are shown as they are: nothing is guessed into them.
export default {
  configureHljs: hljs => hljs.configure({ languages: [] })
}
