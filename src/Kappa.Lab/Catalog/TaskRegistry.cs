using Kappa.Lab.Settings;
using Kappa.Lab.Tasks;
using Kappa.Lab.Tasks.Control;
using Kappa.Lab.Tasks.Humanoid;
using Kappa.Lab.Tasks.Text;
using Kappa.Text;

namespace Kappa.Lab.Catalog;

/// <summary>The tasks that exist.</summary>
public static class TaskRegistry
{
    /// <summary>Every task, in the order to list them.</summary>
    public static IReadOnlyList<LabTask> All { get; } = [new LinearControlTask(), new HumanoidSquatTask(), new HumanoidBalanceTask(), new TextTask()];

    /// <summary>The task of a name.</summary>
    /// <param name="name">What a config calls it.</param>
    /// <exception cref="ConfigException">There is none; the message has the nearest name that exists, and all of them.</exception>
    public static LabTask Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return All.FirstOrDefault(task => task.Name == name)
            ?? throw new ConfigException($"task.name: {NearestName.Describe("task", name, All.Select(task => task.Name))}");
    }
}
