using System.CommandLine;

namespace Kappa.Cli.Commands;

/// <summary><c>kappa completion</c>: a script that has a shell ask kappa itself what may follow.</summary>
internal static class CompletionCommand
{
    private static readonly Dictionary<string, string> Scripts = new(StringComparer.Ordinal)
    {
        ["bash"] = """
            # kappa completion bash >> ~/.bashrc
            _kappa() {
              local IFS=$'\n'
              COMPREPLY=($(compgen -W "$("${COMP_WORDS[0]}" "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
            }
            complete -o default -F _kappa kappa
            """,
        ["zsh"] = """
            # kappa completion zsh >> ~/.zshrc, behind compinit
            _kappa() {
              local -a found
              found=("${(@f)$("${words[1]}" "[suggest:$CURSOR]" "$BUFFER" 2>/dev/null)}")
              compadd -a found
              _files
            }
            compdef _kappa kappa
            """,
        ["pwsh"] = """
            # kappa completion pwsh >> $PROFILE
            Register-ArgumentCompleter -Native -CommandName kappa -ScriptBlock {
              param($word, $line, $position)
              kappa "[suggest:$position]" "$line" 2>$null | Where-Object { $_ -like "$word*" } |
                ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }
            }
            """,
    };

    internal static Command Create(CommandContext context)
    {
        var shell = new Argument<string>("shell") { Description = $"Which: {string.Join(", ", Scripts.Keys)}." };
        _ = shell.AcceptOnlyFromAmong([.. Scripts.Keys]);
        return new Command(
            "completion",
            "Prints a script that has a shell complete commands and options.\n\n"
            + "Examples:\n"
            + "  kappa completion bash >> ~/.bashrc\n"
            + "  kappa completion zsh >> ~/.zshrc\n"
            + "  kappa completion pwsh >> $PROFILE")
        {
            shell,
        }.Does(parsed =>
        {
            context.Output.WriteLine(Scripts[parsed.GetRequiredValue(shell)]);
            return ExitCode.Done;
        });
    }
}
