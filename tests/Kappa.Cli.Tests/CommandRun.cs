namespace Kappa.Cli.Tests;

/// <summary>Runs the command in this process and keeps what it writes.</summary>
internal sealed record CommandRun(int ExitCode, string Output, string Error)
{
    internal static CommandRun Of(params string[] arguments) => With(KappaCatalog.Choices, arguments);

    internal static CommandRun With(Choices choices, params string[] arguments)
    {
        using StringWriter output = new() { NewLine = "\n" }, error = new() { NewLine = "\n" };
        int code = Application.Run(arguments, new CommandContext(output, error, choices, TimeProvider.System, arguments));
        return new CommandRun(code, output.ToString(), error.ToString());
    }
}
