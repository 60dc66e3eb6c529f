using System.Text.RegularExpressions;
using Kappa.Tests.Shared;

namespace Kappa.Tests.Architecture;

/// <summary>Tests that set or measure what the whole process shares are in a collection, so that others do not run beside them.</summary>
public sealed partial class SharedStateTests
{
    // One test at a time in their projects, or a part of tests that are in a collection, or done before any test begins.
    private static readonly string[] Known =
    [
        "Kappa.Fuzz/Judge.cs", "Kappa.Fuzz/Program.cs", "Kappa.Docs.Tests/Scratch.cs", "Kappa.Mpi.Tests/TrainingTests.cs",
        "Kappa.Tests/Tensors/Cpu/KernelCases.cs",
    ];

    [Fact]
    public void Who_sets_or_measures_what_all_tests_share_is_in_a_collection()
    {
        string tests = Path.Combine(SourceFolders.Repository(), "tests");
        string[] alone =
        [
            .. Directory.EnumerateFiles(tests, "*.cs", SearchOption.AllDirectories)
                .Select(file => (Path: Path.GetRelativePath(tests, file).Replace(Path.DirectorySeparatorChar, '/'), Text: File.ReadAllText(file)))
                .Where(file => !Elsewhere().IsMatch(file.Path) && IsUnguarded(file.Text)).Select(file => file.Path),
        ];
        Assert.Equal(Known.Order(), alone.Intersect(Known).Order());
        Assert.Empty(alone.Except(Known));
    }

    [Theory]
    [InlineData("using var forced = CpuFeatures.Force(width);", true)]
    [InlineData("[Collection(KernelCases.Name)] class A { void B() => CpuFeatures.Force(width); }", false)]
    [InlineData("long before = GC.GetTotalMemory(true);", true)]
    [InlineData("long before = GC.GetAllocatedBytesForCurrentThread();", false)]
    [InlineData("WorkerPool.ThreadCount = 3;", true)]
    [InlineData("int before = WorkerPool.ThreadCount;", false)]
    public void What_is_shared_is_known(string text, bool isUnguarded) => Assert.Equal(isUnguarded, IsUnguarded(text));

    private static bool IsUnguarded(string text) => Shared().IsMatch(text) && !text.Contains("[Collection(", StringComparison.Ordinal);

    [GeneratedRegex(@"(?:^|/)(?:bin|obj)/|^soak/|^packages/|SharedStateTests\.cs$")]
    private static partial Regex Elsewhere();

    [GeneratedRegex(
        @"CpuFeatures\.Force\(|WorkerPool\.ThreadCount = |ComputeThreads\.Count = |WithThreads\(|GC\.GetTotalMemory\(|GetTotalAllocatedBytes"
        + @"|Environment\.WorkingSet|SetEnvironmentVariable\(|Environment\.CurrentDirectory = |Console\.SetOut")]
    private static partial Regex Shared();
}
