using Kappa.Lab.Studies.Train;

namespace Kappa.Fuzz.Targets;

/// <summary>A run of a few steps that is committed: its files are what targets change, one at a time.</summary>
internal static class RunBase
{
    private const string Config = """
        { "name": "rows", "data": { "name": "csv", "path": "rows.csv", "target": "kind", "validationShare": 0.5 }, "model": { "name": "mlp", "hidden": [2] },
          "optimizer": { "name": "adamw", "learningRate": 0.01 }, "steps": 4, "batchSize": 2, "evaluateEvery": 2, "checkpointEvery": 4, "diagnostics": 2 }
        """;

    private const string Rows = "x,y,kind\n1.5,2.5,a\n-2,1,b\n0,1.25,a\n1,0.5,b\n2.5,1,a\n-1,4.5,b\n1,1,a\n0.5,3,b\n";

    private static readonly Lazy<IReadOnlyDictionary<string, byte[]>> Committed = new(() =>
    {
        string folder = FolderPath;
        if (!Directory.Exists(folder))
            Make(folder);
        return Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .ToDictionary(file => Path.GetRelativePath(folder, file).Replace('\\', '/'), File.ReadAllBytes);
    });

    private static string FolderPath => Path.Combine(CorpusFolder.Project, "Run");

    /// <summary>The bytes of one of its files.</summary>
    internal static byte[] Of(string file) => Committed.Value[file];

    /// <summary>Writes the run with one file changed.</summary>
    internal static void Write(string folder, string file, byte[] bytes)
    {
        foreach (var (name, committed) in Committed.Value.Append(new(file, bytes)))
        {
            string path = Path.Combine(folder, name);
            _ = Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, committed);
        }
    }

    /// <summary>Trains it. Its config says the data lies in the folder of the run, so that it may lie anywhere.</summary>
    private static void Make(string place)
    {
        using var temporary = new TemporaryFolder();
        File.WriteAllText(temporary["rows.csv"], Rows);
        string folder = temporary["run"];
        _ = TrainingRunner.Run(TrainingConfig.Parse(Config, temporary.FullPath, KappaCatalog.Choices), folder);
        var run = new RunPart(folder);
        var manifest = SealedJson.Open(File.ReadAllBytes(run.PathOf("run.json")));
        manifest["config"]!["data"]!["path"] = "rows.csv";
        run.WriteSealed("run.json", manifest);
        File.WriteAllText(
            run.PathOf("config.json"), File.ReadAllText(run.PathOf("config.json")).Replace(temporary["rows.csv"], "rows.csv", StringComparison.Ordinal));
        File.WriteAllText(run.PathOf("rows.csv"), Rows);
        foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(file => !Path.GetFileName(file).StartsWith('.')))
        {
            string to = Path.Combine(place, Path.GetRelativePath(folder, file));
            _ = Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(file, to);
        }
    }
}
