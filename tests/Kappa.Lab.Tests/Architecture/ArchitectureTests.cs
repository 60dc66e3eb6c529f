using System.Reflection;
using System.Text.RegularExpressions;

namespace Kappa.Lab.Tests.Architecture;

public sealed class ArchitectureTests
{
    private static readonly Assembly Lab = typeof(RunFolder).Assembly;

    [Fact]
    public void Folders_use_what_lies_below_them_alone() => Faults.RequireNone(new AssemblyArrows(
        Lab,
        "Kappa.Lab",
        Layer.Apart("Data"),
        Layer.Apart("Statistics"),
        Layer.Apart("Runs"),
        Layer.Apart("Settings"),
        Layer.Apart("Tasks.Models"),
        Layer.Apart("Tasks.Supervised"),
        Layer.Apart("Tasks"),
        Layer.Apart("Tasks.Control"),
        Layer.Apart("Tasks.Flow", "Tasks.Prediction", "Tasks.Text"),
        Layer.Apart("Tasks.Cloning"),
        Layer.Apart("Tasks.Humanoid", "Tasks.CartPole"),
        Layer.Apart("Studies"),
        Layer.Apart("Studies.Train", "Studies.Compare"),
        Layer.Apart("Studies.Predict", "Studies.Probe"),
        Layer.Apart("Studies.Diagnose"),
        Layer.Apart("Experiments"),
        Layer.Apart("Experiments.PathCond", "Experiments.Curvature", "Experiments.Isometry", "Experiments.Sweeps", "Experiments.Together"),
        Layer.Apart("Experiments.Reinforcement", "Experiments.TestTimeFeedback", "Experiments.Pretrained"),
        Layer.Apart("Experiments.Chunks"),
        Layer.Apart("Reports", "Results"),
        Layer.Apart("Reports.Export", "Watching"),
        Layer.Apart("Catalog")).Faults());

    [Theory]
    [InlineData("src/Kappa.Lab", "Kappa.Lab")]
    [InlineData("src/Kappa.Cli", "Kappa.Cli")]
    [InlineData("tests/Kappa.Lab.Tests", "Kappa.Lab.Tests")]
    public void Namespaces_follow_folders(string project, string root) => Faults.RequireNone(SourceFolders.StrayNamespaces(project, root));

    [Fact]
    public void No_public_name_stands_twice()
    {
        var twice = Lab.GetExportedTypes().Where(type => !type.IsNested).GroupBy(type => type.Name).Where(group => group.Count() > 1);
        Faults.RequireNone(twice.Select(group => string.Join(" and ", group)));
    }

    /// <summary>What only one place may do, as it is spelt, and that place.</summary>
    public static TheoryData<string, string> OnlyPlaces => new()
    {
        { @"\.Backward\(\)|ptimizer\.Step\(\)", "nowhere: the library has the loop" },
        { @"new Thread\(", "Runs/" },
        { @"\bAtomicFile\.|\bDirectory\.(Create|Delete|Move)|\bFile\.(Write|Delete|Move|Append|Create|Open)\w*\(", "Runs/" },
        { @"\bCheckpoint\.(Save|Load|LoadLatest|Prune|Recover)\(", "Runs/" },
        { @"new (LinearControlTask|TextTask|TransformerKind|PerceptronKind|RatioExperiment|RevivalExperiment)\(", "Catalog/" },
    };

    [Theory]
    [MemberData(nameof(OnlyPlaces))]
    public void One_place_does_it(string spelt, string place)
    {
        string root = Path.Combine(Repository.Root(), "src", "Kappa.Lab");
        var elsewhere =
            from file in Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
            let name = Path.GetRelativePath(root, file).Replace('\\', '/')
            where !name.StartsWith(place, StringComparison.Ordinal) && !name.StartsWith("obj/", StringComparison.Ordinal)
            from line in File.ReadLines(file)
            where !line.TrimStart().StartsWith("//", StringComparison.Ordinal) && Regex.IsMatch(line, spelt)
            select $"{name}: {line.Trim()}";
        Faults.RequireNone(elsewhere);
    }
}
