using System.CommandLine;

namespace Kappa.Cli.Commands;

/// <summary><c>kappa tasks</c>.</summary>
internal static class TasksCommand
{
    internal static Command Create(CommandContext context) => new Command(
        "tasks",
        "Lists the tasks that a config may name, with their settings.\n\n"
        + "Example of a task in a config:\n  \"task\": { \"name\": \"linear-control\" }").Does(_ =>
    {
        foreach (var task in context.Choices.Of<LabTask>())
        {
            context.Output.WriteLine($"{task.Name}\n  {task.Summary}");
            if (task.Unavailable is { } reason)
                context.Output.WriteLine($"  Not on this machine: {reason}");
            context.WriteSettings(task.SettingsType);
        }
        return ExitCode.Done;
    });
}
