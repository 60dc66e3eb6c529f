using Kappa.Lab.Catalog;
using Kappa.Lab.Experiments;
using Kappa.Lab.Tasks;

namespace Kappa.Cli.Tests;

/// <summary>Runs the command in this process and keeps what it writes.</summary>
internal sealed record CommandRun(int ExitCode, string Output, string Error)
{
    internal static CommandRun Of(params string[] arguments) => With(TaskRegistry.All, arguments);

    internal static CommandRun With(IReadOnlyList<LabTask> tasks, params string[] arguments) => With(tasks, ExperimentRegistry.All, arguments);

    internal static CommandRun With(IReadOnlyList<LabTask> tasks, IReadOnlyList<Experiment> experiments, string[] arguments)
    {
        using StringWriter output = new() { NewLine = "\n" }, error = new() { NewLine = "\n" };
        int code = Application.Run(arguments, new CommandContext(output, error, tasks, TimeProvider.System, arguments) { Experiments = experiments });
        return new CommandRun(code, output.ToString(), error.ToString());
    }
}
