using System.Diagnostics;
using Kappa.Lab.Watching;

namespace Kappa.Lab.Tests.Watching;

/// <summary>Whatever a folder holds, its page and the list are shown, and the runs beside it as they are.</summary>
public sealed class OddFolderTests
{
    private const string Diagnostics = """{"step":3,"seconds":1,"diagnostics":{"step":3}}""";

    // What is done to a run of which 10 of 900 steps are done, its state then, and what its page says.
    public static TheoryData<string, string, string> Cases => new()
    {
        { "as it is", "Interrupted", "10 of 900 steps" },
        { "a changed bit in run.json", "Damaged", "run.json: it is damaged" },
        { "half of run.json", "Damaged", "run.json: it is damaged" },
        { "a damaged result", "Damaged", "result.json: it is damaged" },
        { "a damaged line", "Interrupted", "1 line of metrics.jsonl cannot be read" },
        { "a line that is null", "Interrupted", "1 line of metrics.jsonl cannot be read" },
        { "a half-written last line", "Interrupted", "10 of 900 steps" },
        { "bytes that are no text", "Interrupted", "1 line of metrics.jsonl cannot be read" },
        { "diagnostics without weights", "Interrupted", "The curves cannot be drawn" },
        { "an empty file of metrics", "Interrupted", "0 of 900 steps" },
        { "a folder in the place of the metrics", "Interrupted", "0 of 900 steps" },
        { "a pipe in the place of the metrics", "Interrupted", "0 of 900 steps" },
        { "a folder in the place of the report", "Interrupted", "10 of 900 steps" },
        { "a kind that is not known", "Interrupted", "tomorrow" },
        { "no right to read it", Environment.IsPrivilegedProcess ? "Interrupted" : "Unreadable", "" },
    };

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void It_is_shown_with_what_is_odd(string what, string state, string said)
    {
        Skip.If(OperatingSystem.IsWindows(), "links and permissions of Unix");
        using var runs = new WatchedRuns();
        foreach (string place in new[] { "odd", "beside" })
        {
            using var run = runs.Begin(place, what == "a kind that is not known" && place == "odd" ? "tomorrow" : "train", WatchedRuns.Training(900));
            runs.Append(place, WatchedRuns.Line(5, 2), WatchedRuns.Line(10, 1));
        }
        Make(runs, what);
        var pages = new RunPages(new ShownFolder(runs.Root), KappaCatalog.Choices);
        var all = pages.Runs().ToDictionary(run => run.Place);
        Assert.Equal(state, all["odd"].State.ToString());
        Assert.Equal("10 of 900 steps", all["beside"].Progress!.Text);
        using var reader = new StreamReader(pages.Get("/runs/odd").Content);
        Assert.Contains(said, reader.ReadToEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_vanishes_is_said_to_be_gone_and_is_back_when_it_is_back()
    {
        using var runs = new WatchedRuns();
        runs.Begin("first-1", "train", WatchedRuns.Training(900)).Dispose();
        var pages = new RunPages(new ShownFolder(runs.Root), KappaCatalog.Choices);
        Assert.True(pages.Get("/runs/first-1").IsFound);
        Directory.Move(runs.Root, runs.Root + "-away");
        Assert.All(["/", "/runs/first-1", "/runs/first-1/report.html"], path => Assert.False(pages.Get(path).IsFound));
        Directory.Move(runs.Root + "-away", runs.Root);
        Assert.All(["/", "/runs/first-1"], path => Assert.True(pages.Get(path).IsFound));
    }

    [Theory]
    [InlineData("nowhere", "there is no such folder")]
    [InlineData("file", "it is a file")]
    public void What_is_no_folder_is_refused(string name, string said)
    {
        using var runs = new WatchedRuns();
        File.WriteAllText(runs["file"], "");
        Assert.Contains(said, Assert.Throws<RunFolderException>(() => new ShownFolder(runs[name])).Message, StringComparison.Ordinal);
    }

    private static void Make(WatchedRuns runs, string what)
    {
        string manifest = runs["odd/run.json"], metrics = runs["odd/metrics.jsonl"];
        switch (what)
        {
            case "a changed bit in run.json":
                File.WriteAllText(manifest, File.ReadAllText(manifest).Replace("900", "901", StringComparison.Ordinal));
                break;
            case "half of run.json":
                File.WriteAllText(manifest, File.ReadAllText(manifest)[..100]);
                break;
            case "a damaged result":
                File.WriteAllText(runs["odd/result.json"], "{");
                break;
            case "a damaged line":
                File.WriteAllText(metrics, $"{WatchedRuns.Line(5, 2)}\n{{\"step\":\n{WatchedRuns.Line(10, 1)}\n");
                break;
            case "a line that is null":
                runs.Append("odd", "null");
                break;
            case "a half-written last line":
                File.AppendAllText(metrics, WatchedRuns.Line(15, 1)[..20]);
                break;
            case "bytes that are no text":
                File.WriteAllBytes(metrics, [0xff, 0xfe, 0, (byte)'\n', .. File.ReadAllBytes(metrics)]);
                break;
            case "diagnostics without weights":
                runs.Append("odd", Diagnostics);
                break;
            case "an empty file of metrics":
                File.WriteAllText(metrics, "");
                break;
            case "a folder in the place of the metrics":
                File.Delete(metrics);
                _ = Directory.CreateDirectory(metrics);
                break;
            case "a pipe in the place of the metrics":
                File.Delete(metrics);
                Process.Start("mkfifo", metrics).WaitForExit();
                break;
            case "a folder in the place of the report":
                _ = Directory.CreateDirectory(runs["odd/report.html"]);
                break;
            case "no right to read it" when !OperatingSystem.IsWindows():
                File.SetUnixFileMode(manifest, UnixFileMode.None);
                break;
        }
    }
}
