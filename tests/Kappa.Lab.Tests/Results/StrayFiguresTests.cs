using System.Text.RegularExpressions;

namespace Kappa.Lab.Tests.Results;

/// <summary>What was measured stands in a page between the comments that hold it to a file: any other number with a unit is a setting, a limit or a definition,
/// and this table says so.</summary>
public sealed partial class StrayFiguresTests
{
    private static readonly (string Page, string Words)[] Known =
    [
        // Settings and definitions.
        ("docs/cartpole.md", "from held-out starts for 6 seconds"), ("docs/humanoid.md", "from held-out starts for 10 seconds"),
        ("docs/humanoid.md", "that still stands after 10 s"), ("docs/how-to/train.md", "Text is parted by document, 10% for validation"),
        ("docs/how-to/train.md", "for embedding and head), 10 minutes."), ("README.md", "on the Brown corpus, 10 minutes"),
        ("docs/concepts/curvature.md", "where it leaves 1%."),
        ("docs/test-time-feedback.md", "*excluded within 5%*"), ("docs/test-time-feedback.md", "is the same within 5%"),
        ("docs/test-time-feedback.md", "the same within 5%, and changes nothing"),
        // Limits, which tests hold.
        ("docs/concepts/curvature.md", "the largest tensor (2 GB)"), ("docs/how-to/pictures.md", "(1 GiB: 87,000 colour pictures"),
        ("docs/onnx.md", "than its size can mean, over 2 GB"), ("docs/onnx.md", "| 1 s, 2.5 times allocated |"), ("docs/onnx.md", "twice the file + 64 MB"),
        ("docs/plasticity.md", "holds it to 15% of the best"), ("docs/limits.md", "may ask for 2 GB for a moment"),
        ("docs/many-processes.md", "in buckets of 2 MB"), ("benchmarks/README.md", "once there are 4 MB of them"),
        // Sizes of files and of what follows from a shape.
        ("docs/how-to/devices.md", "brings TorchSharp, 10 MB"), ("docs/how-to/pictures.md", "come with Kappa.Data (1.5 MB)"),
        ("docs/onnx.md", "reading ResNet-18, a file of 64 MB"), ("docs/pretrained.md", "64 MB of ONNX"), ("benchmarks/README.md", "that ML.NET ships, 64 MB"),
        ("docs/limits.md", "(12,288 inputs: 0.6 GB)"), ("docs/many-processes.md", "3.67 million parameters (14.7 MB)"),
        ("docs/many-processes.md", "a quarter of the 29 MB of moments"),
    ];

    public static TheoryData<string> Pages
    {
        get
        {
            string root = Repository.Root();
            string[] folders = ["docs", "samples", "benchmarks"];
            var below = folders.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(root, folder), "*.md", SearchOption.AllDirectories))
                .Select(path => Path.GetRelativePath(root, path).Replace('\\', '/')).Where(path => !path.Contains("/bin/", StringComparison.Ordinal));
            return [.. Directory.EnumerateFiles(root, "*.md").Select(path => Path.GetFileName(path)), .. below.Order(StringComparer.Ordinal)];
        }
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void A_number_with_a_unit_is_held_by_a_file_or_known_as_a_setting(string page) =>
        Assert.Empty(Stray(page, File.ReadAllText(Path.Combine(Repository.Root(), page))));

    [Fact]
    public void Every_known_one_is_there()
    {
        var gone = Known.Where(known => !File.ReadAllText(Path.Combine(Repository.Root(), known.Page)).Contains(known.Words, StringComparison.Ordinal));
        Assert.Empty(gone);
    }

    [Theory]
    [InlineData("It takes 3.5 ms.", "3.5 ms")]
    [InlineData("<!-- numbers from results/a.json -->\nIt takes 3.5 ms.\n<!-- end -->\nIt takes 4 s, or 2 minutes", "4 s|2 minutes")]
    [InlineData("```\n3 minutes\n```\nand `9 MB` or [7 MB](of-8-MB.md)", "3 minutes|7 MB")]
    [InlineData("```text\nended after 3 minutes\n```\n2 s", "2 s")]
    [InlineData("    indented: 12% of all", "12%")]
    [InlineData("medians with 95% intervals of Fig7 s, version 1.2 systems", "")]
    [InlineData("1.84 times as fast, 12 GF/s, 6.02 MB/s, 97 points, 5 us, 966 tokens/s", "1.84 times|12 GF/s|6.02 MB/s|97 points|5 us|966 tokens/s")]
    public void A_figure_that_nothing_holds_is_found(string text, string expected) =>
        Assert.Equal(expected, string.Join('|', Stray("page.md", text)));

    /// <summary>Numbers with a unit of what is measured, outside of what is held to a file.</summary>
    private static IEnumerable<string> Stray(string page, string text)
    {
        text = Held().Replace(text, " ");
        foreach (var (_, words) in Known.Where(known => known.Page == page))
            text = text.Replace(words, " ", StringComparison.Ordinal);
        return Measures().Matches(NoMeasure().Replace(text, "$1")).Select(match => match.Value);
    }

    [GeneratedRegex(@"<!-- (?:made|numbers) from .*?<!-- end -->", RegexOptions.Singleline)]
    private static partial Regex Held();

    /// <summary>Code within a line, and where links lead; the level of intervals; what commands print, which is compared when they are run.</summary>
    [GeneratedRegex(@"```text\n.*?```|(?<!`)`[^`\n]+`(?!`)|(\])\([^)\n]*\)|95%", RegexOptions.Singleline)]
    private static partial Regex NoMeasure();

    [GeneratedRegex(@"(?<![\w.,-])\d[\d,.]*(?:%| ?(?:[mu]?s|microseconds|seconds|minutes|hours|[kMG]i?B|times|points|(?:tokens|rows|GF|MB|GB)/s)(?![\w/]))")]
    private static partial Regex Measures();
}
