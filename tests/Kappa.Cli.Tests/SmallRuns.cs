namespace Kappa.Cli.Tests;

/// <summary>Small runs of each sort, made once for the tests of a class: what commands begin with.</summary>
public sealed class SmallRuns : IDisposable
{
    private readonly TemporaryFolder _folder = OwnFiles.Make("csv");

    /// <summary>Trains them.</summary>
    public SmallRuns()
    {
        Done("train", this["configs/train.json"], "--out", this["run"]);
        Done("export", this["run"], "--out", this["model.onnx"]);
        File.WriteAllText(this["configs/text.json"], OwnFiles.TrainConfig("text"));
        Done("train", this["configs/text.json"], "--out", this["texts"]);
        File.WriteAllText(this["configs/pictures.json"], OwnFiles.TrainConfig("images"));
        Done("train", this["configs/pictures.json"], "--out", this["pictures"]);
        WriteWeights("pytorch.safetensors", "0=fc1");
        WriteWeights("two.safetensors", "0=fc1", "2=fc2");
        File.WriteAllText(this["model.json"], OwnFiles.Kinds["csv"].Model);
        File.WriteAllText(this["resnet.json"], OwnFiles.Kinds["images"].Model);
        _ = SmallConfig.WriteTo(_folder);
        _ = Directory.CreateDirectory(this["checkout/results"]);
        _ = Directory.CreateDirectory(this["checkout/docs"]);
        File.WriteAllText(this["checkout/Kappa.slnx"], "");
        File.WriteAllText(
            this["configs/sweep.json"],
            $$"""
            { "name": "tiny", "trials": 2, "search": { "optimizer.learningRate": { "from": 1e-4, "to": 0.1, "scale": "log" } },
              "train": {{OwnFiles.TrainConfig("csv")}} }
            """);
    }

    /// <summary>The path of a file.</summary>
    public string this[string name] => _folder[name];

    /// <summary>Arguments with the paths of files in the place of names in braces.</summary>
    internal string[] Arguments(string line) => [.. line.Split(' ').Select(word => word.StartsWith('{') ? this[word[1..^1]] : word)];

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();

    /// <summary>The weights of the first run under names as another program gives them.</summary>
    private void WriteWeights(string name, params string[] parts)
    {
        var renamed = parts.Select(part => part.Split('=')).ToDictionary(part => part[0], part => part[1]);
        var weights = StateDict.Load(this["run/checkpoints/step-00000006/model.safetensors"]);
        var written = new StateDict();
        foreach (var (path, tensor) in weights)
            written.Add(string.Join('.', path.Split('.').Select(part => renamed.GetValueOrDefault(part, part))), tensor);
        written.Save(this[name]);
    }

    private static void Done(params string[] arguments)
    {
        var run = CommandRun.Of(arguments);
        Assert.True(run.ExitCode == 0, run.Error);
    }
}
