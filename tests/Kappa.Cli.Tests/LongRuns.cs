using Kappa.Onnx.Tests;

namespace Kappa.Cli.Tests;

/// <summary>Small runs, and what keeps each command at work for long.</summary>
public sealed class LongRuns : IDisposable
{
    // Enough that a program that is asked to stop is asked in the midst of them.
    private const int Rows = 4_000_000;
    private const int Nodes = 4000;
    private const int Width = 2000;
    private const int Copies = 400;

    private readonly SmallRuns _runs = new();

    /// <summary>Makes them.</summary>
    public LongRuns()
    {
        _ = Directory.CreateDirectory(this["long"]);
        Write("compare", SmallConfig.Json.Replace("\"steps\": 20", "\"steps\": 100000000", StringComparison.Ordinal));
        Write("preparing", SmallConfig.Json.Replace("\"examples\": 200", "\"states\": 64, \"examples\": 1000000", StringComparison.Ordinal));
        string train = OwnFiles.TrainConfig("csv").Replace("\"steps\": 6", "\"steps\": 100000000", StringComparison.Ordinal);
        Write("train", train);
        Write("reading", train.Replace("../data/rows.csv", "many.csv", StringComparison.Ordinal));
        Write("sweep", $$"""{ "name": "long", "trials": 2, "search": { "optimizer.learningRate": { "values": [0.1, 0.2] } }, "train": {{train}} }""");
        Write("wide", OwnFiles.TrainConfig("csv").Replace("[6, 5]", "[1500, 1500]", StringComparison.Ordinal)
            .Replace("\"steps\": 6", "\"steps\": 1", StringComparison.Ordinal)
            .Replace("\"validationExamples\": 5", "\"validationExamples\": 60", StringComparison.Ordinal)
            .Replace("\"target\"", "\"validationShare\": 0.7, \"target\"", StringComparison.Ordinal));
        var wide = CommandRun.Of("train", this["long/wide.json"], "--out", this["wide"]);
        Assert.True(wide.ExitCode == 0, wide.Error);
        string[] rows = File.ReadAllLines(this["data/rows.csv"]);
        File.WriteAllLines(this["long/many.csv"], Enumerable.Range(0, Rows).Select(i => rows[1 + (i % (rows.Length - 1))]).Prepend(rows[0]));
        var deep = new Graphs().Input("x0", ElementType.Float, "batch", Width).Output($"x{Nodes}").Random("w", Width, Width);
        for (int i = 0; i < Nodes; i++)
            _ = deep.Node("MatMul", $"x{i},w", $"x{i + 1}");
        File.WriteAllBytes(this["long/deep.onnx"], Google.Protobuf.MessageExtensions.ToByteArray(deep.Model));
        foreach (string copy in Reports)
        {
            _ = Directory.CreateDirectory(this[copy]);
            File.Copy(this["run/report.json"], this[$"{copy}/report.json"]);
        }
        // What fetches a package, and takes long over it.
        _ = Directory.CreateDirectory(this["programs"]);
        File.WriteAllText(this["programs/dotnet"], "#!/bin/sh\nexec sleep 1000\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(this["programs/dotnet"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    /// <summary>Folders of finished runs.</summary>
    internal static IReadOnlyList<string> Reports { get; } = [.. Enumerable.Range(0, Copies).Select(i => $"long/{i}")];

    /// <summary>The checkout that this is built in.</summary>
    internal static string Checkout => SourceFolders.Repository();

    /// <summary>The environment in which nothing has been fetched, and package managers take long.</summary>
    internal (string Name, string? Value)[] NothingFetched =>
    [
        ("PATH", $"{this["programs"]}{Path.PathSeparator}{Environment.GetEnvironmentVariable("PATH")}"),
        ("NUGET_PACKAGES", this["nothing"]), ("KAPPA_DATA_RESNET18", null),
    ];

    /// <summary>The path of a file.</summary>
    public string this[string name] => _runs[name];

    /// <inheritdoc/>
    public void Dispose() => _runs.Dispose();

    private void Write(string name, string config) => File.WriteAllText(this[$"long/{name}.json"], config);
}
