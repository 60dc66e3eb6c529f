using System.Collections.Concurrent;

namespace Kappa.Lab.Tasks.Humanoid;

/// <summary>Experts that this process has designed: a design takes about a second, and every scenario with the same bends shares it.</summary>
internal static class ExpertRegistry
{
    private static readonly ConcurrentDictionary<(string File, string Bends), Lazy<HumanoidExpert>> Experts = new();

    internal static HumanoidExpert Get(string? modelPath, double[] bends)
    {
        // A missing library is said before a missing model file: both come by one command.
        MujocoLibrary.Require();
        var key = (File: Path.GetFullPath(HumanoidModelFile.Locate(modelPath)), string.Join(' ', bends));
        try
        {
            return Experts.GetOrAdd(key, _ => new Lazy<HumanoidExpert>(() => ExpertDesign.Expert(HumanoidRobot.Load(key.File), bends))).Value;
        }
        catch
        {
            // A Lazy remembers its failure; a file that is corrected later must get another chance.
            _ = Experts.TryRemove(key, out _);
            throw;
        }
    }
}
