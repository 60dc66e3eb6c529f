namespace Kappa.Cli.Tests;

/// <summary>Runs the command in this process and keeps what it writes.</summary>
internal sealed record CommandRun(int ExitCode, string Output, string Error)
{
    internal static CommandRun Of(params string[] arguments) => With(KappaCatalog.Choices, arguments);

    internal static CommandRun With(Choices choices, params string[] arguments) => In(context => context with { Choices = choices }, arguments);

    /// <summary>In another world than this machine's.</summary>
    internal static CommandRun In(Func<CommandContext, CommandContext> change, params string[] arguments)
    {
        using StringWriter output = new() { NewLine = "\n" }, error = new() { NewLine = "\n" };
        int code = Application.Run(arguments, change(new CommandContext(output, error, KappaCatalog.Choices, TimeProvider.System, arguments)));
        return new CommandRun(code, output.ToString(), error.ToString());
    }
}
