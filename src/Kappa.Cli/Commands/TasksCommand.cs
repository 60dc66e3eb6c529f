using System.CommandLine;

namespace Kappa.Cli.Commands;

/// <summary><c>kappa tasks</c>.</summary>
internal static class TasksCommand
{
    internal static Command Create(CommandContext context) => new Command(
        "tasks",
        "Lists the tasks that a config may name, with their settings.\n\n"
        + "Examples:\n"
        + "  kappa tasks\n"
        + "  kappa tasks --json\n\n"
        + "A task in a config:\n  \"task\": { \"name\": \"linear-control\" }")
    {
        new JsonOption(),
    }.Does(_ =>
    {
        foreach (var task in context.Choices.Of<LabTask>())
            context.WriteChoice(task.Name, "", task.Summary + (task.Unavailable is { } reason ? $"\n  Not on this machine: {reason}" : ""), task.SettingsType);
        return ExitCode.Done;
    });
}
