namespace Kappa.Lab.Studies.Probe;

/// <summary>A model that <c>kappa train</c> trained, in evaluation mode, with the data it was trained on.</summary>
/// <param name="Model">The model.</param>
/// <param name="Data">Its data.</param>
/// <param name="Config">What it was trained by.</param>
/// <param name="Origin">The checkpoint that it was read from.</param>
/// <param name="RunFolder">The folder of its run.</param>
/// <param name="Step">The optimizer's steps until then.</param>
public sealed record TrainedModel(Module Model, TrainingData Data, TrainingConfig Config, string Origin, string RunFolder, long Step)
{
    /// <summary>Reads a model from the folder of a run, whose last checkpoint is taken, or from one of its checkpoints.</summary>
    /// <param name="path">Such as <c>runs/first-1</c> or <c>runs/first-1/checkpoints/step-00001000</c>.</param>
    /// <param name="choices">The data sets, models and optimizers there are.</param>
    /// <exception cref="RunFolderException">There is no training run, or it has no checkpoint yet.</exception>
    /// <exception cref="IOException">The data is missing or damaged; the message names the command that installs it.</exception>
    public static TrainedModel Load(string path, Choices choices)
    {
        var opener = new ModelOpener(path);
        var config = TrainingConfig.Parse(opener.Manifest.Config.ToJsonString(), Path.GetFullPath(opener.Run.FolderPath), choices);
        var data = TrainingRunner.OpenData(config, opener);
        var model = config.Model.Kind.Create(config.Model.Settings, data.Training.InputShape, data.OutputSize, new Philox(0));
        var checkpoint = opener.Load(model);
        model.Eval();
        return new TrainedModel(model, data, config, checkpoint.FolderPath, opener.Run.FolderPath, checkpoint.Step);
    }

    /// <summary>The mean loss over samples of this model's data.</summary>
    /// <param name="samples">How many samples, 1 or more.</param>
    /// <param name="options">Batch size and which parameters.</param>
    /// <param name="validation">Whether of the validation data; otherwise of the training data.</param>
    /// <param name="seed">Decides the order of the samples, and with it which come first.</param>
    /// <exception cref="ConfigException">The data has fewer samples.</exception>
    public EmpiricalRisk Risk(int samples, RiskOptions options, bool validation = false, ulong seed = 0) =>
        new(Model, (output, targets) => MeanLoss(output, targets, Data.OutputSize), Samples(Data, samples, validation, seed), options);

    /// <summary>Samples of data in a random order. Of text, windows of the context's length that do not overlap.</summary>
    /// <param name="data">The data.</param>
    /// <param name="count">How many.</param>
    /// <param name="validation">Whether of the validation data.</param>
    /// <param name="seed">Decides the order.</param>
    /// <exception cref="ConfigException">The data has fewer.</exception>
    public static SampleSource Samples(TrainingData data, int count, bool validation, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(data);
        var set = validation ? data.Validation : data.Training;
        // Windows of training text start anywhere; every context's length one that overlaps none.
        int stride = data.Tokenizer is not null && !validation ? data.UnitsPerExample : 1;
        int available = ((set.Count - 1) / stride) + 1;
        if (count > available)
            throw new ConfigException($"{count} samples were asked for; the {(validation ? "validation" : "training")} data has {available}. Use a smaller k");
        int[] rows = [.. Enumerable.Range(0, available).Select(i => i * stride)];
        new Philox(seed).Split("samples").Shuffle(rows);
        return new SampleSource(count, (first, length) =>
        {
            var inputs = Tensor.Zeros([length, .. set.InputShape.ToArray()], set.InputType);
            var targets = Tensor.Zeros([length, .. set.TargetShape.ToArray()], set.TargetType);
            set.Copy(rows.AsSpan(first, length), inputs, targets);
            return (inputs, targets);
        });
    }

    /// <summary>The mean cross-entropy over samples and, of text, their tokens.</summary>
    /// <param name="output">Logits, <c>[samples, ..., classes]</c>.</param>
    /// <param name="targets">Labels, <c>[samples, ...]</c>.</param>
    /// <param name="classes">How many.</param>
    public static Tensor MeanLoss(Tensor output, Tensor targets, int classes)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(targets);
        return Loss.CrossEntropy(output.Reshape([targets.Count, classes]), targets.Reshape([targets.Count]));
    }
}
