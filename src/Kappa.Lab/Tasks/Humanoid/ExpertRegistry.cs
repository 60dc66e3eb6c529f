using System.Collections.Concurrent;

namespace Kappa.Lab.Tasks.Humanoid;

/// <summary>Experts that this process has designed: a design takes about a second, and every scenario with the same settings shares it.</summary>
internal static class ExpertRegistry
{
    private static readonly ConcurrentDictionary<string, Lazy<HumanoidRobot>> Robots = new();
    private static readonly ConcurrentDictionary<(string File, double Weight, string Bends), Lazy<HumanoidExpert>> Experts = new();

    public static HumanoidExpert Get(string? modelPath, ScenarioSettings settings)
    {
        MujocoLibrary.Require();
        string file = Path.GetFullPath(HumanoidModelFile.Locate(modelPath));
        var key = (file, settings.CenterOfMassWeight, string.Join(' ', settings.Bends));
        try
        {
            return Experts.GetOrAdd(key, _ => new Lazy<HumanoidExpert>(() => Design(file, settings))).Value;
        }
        catch
        {
            // A Lazy remembers its failure; a file that is corrected later must get another chance.
            _ = Experts.TryRemove(key, out _);
            _ = Robots.TryRemove(file, out _);
            throw;
        }
    }

    private static HumanoidExpert Design(string file, ScenarioSettings settings)
    {
        var robot = Robots.GetOrAdd(file, path => new Lazy<HumanoidRobot>(() => HumanoidRobot.Load(path))).Value;
        var design = new ExpertDesign(settings.CenterOfMassWeight);
        return new HumanoidExpert(robot, design.Solve(robot, settings.Bends, Environment.ProcessorCount));
    }
}
