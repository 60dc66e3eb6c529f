namespace Kappa.Lab.Studies.Train;

/// <summary>A trained model in evaluation mode, with the data it is judged on: one of <c>kappa train</c>, or one from a file of weights.</summary>
/// <param name="Model">The model.</param>
/// <param name="Data">Its data.</param>
/// <param name="Source">Where it came from.</param>
public sealed record TrainedModel(Module Model, TrainingData Data, ModelSource Source)
{
    /// <summary>What reports call a model whose kind nobody says.</summary>
    private const string OnnxNetwork = "ONNX model";

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
        var source = new ModelSource(config.Name, checkpoint.FolderPath, config.Model.Name, config.Data.Name, config.ToText())
        {
            RunFolder = opener.Run.FolderPath, Step = checkpoint.Step,
        };
        return new TrainedModel(model, data, source);
    }

    /// <summary>Reads a model from a file of weights that any program wrote; a JSON file says what model and what data.</summary>
    /// <param name="request">The files.</param>
    /// <param name="choices">The data sets and models there are.</param>
    /// <param name="cancellation">Stops the reading of data.</param>
    /// <exception cref="ConfigException">The description is missing, not JSON, says something it may not, or has no data; or a rule for names is malformed or
    /// fits nothing.</exception>
    /// <exception cref="IOException">The weights or the data cannot be read, or the weights are those of another model; the message lists every name and shape.
    /// </exception>
    public static TrainedModel Load(WeightsRequest request, Choices choices, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(choices);
        var contents = SafeTensorsFile.Read(request.WeightsPath);
        var description = ModelDescription.ReadFile(request.DescriptionPath, choices);
        var chosen = description.RequireData(request.DescriptionPath, choices);
        var kind = description.Model.Kind;
        var data = chosen.Kind.Load(
            chosen.Settings, new DataRequest(kind.ContextLength(description.Model.Settings), kind.TakesVectors, null) { Cancellation = cancellation });
        var model = kind.Create(description.Model.Settings, data.Training.InputShape, data.OutputSize, new Philox(0));
        ImportReport import;
        try
        {
            import = SavedModel.LoadInto(contents, model, request);
        }
        catch (StateMismatchException error)
        {
            throw new IOException($"{error.Message}. By the data {chosen.Name} the model takes {data.Training.InputShape} and gives {data.OutputSize}", error);
        }
        model.Eval();
        string name = Path.GetFileNameWithoutExtension(request.WeightsPath);
        return new TrainedModel(
            model, data, new ModelSource(name, request.WeightsPath, description.Model.Name, chosen.Name, description.Text) { Import = import });
    }

    /// <summary>Reads a model from an ONNX file, with the data that a JSON file names, or random inputs.</summary>
    /// <param name="request">The files.</param>
    /// <param name="choices">The data sets there are.</param>
    /// <param name="seed">Decides random inputs.</param>
    /// <param name="cancellation">Stops the reading of data.</param>
    /// <exception cref="ConfigException">The shape of the input is open, the description is wrong, or the data does not fit the model.</exception>
    /// <exception cref="IOException">The model or the data cannot be read, or the model holds what Kappa does not take.</exception>
    public static TrainedModel Load(OnnxRequest request, Choices choices, ulong seed = 0, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(choices);
        var (model, shape, type) = request.Load();
        string name = Path.GetFileNameWithoutExtension(request.Path);
        if (request.DescriptionPath is not { } path)
        {
            var random = new RandomInputData(RandomInputs.For(model, shape, type, seed));
            return new TrainedModel(model, random, new ModelSource(name, request.Path, OnnxNetwork, RandomInputData.Name, "{}"));
        }

        var description = ModelDescription.ReadFile(path, choices);
        var chosen = description.RequireDataAlone(path);
        var data = chosen.Kind.Load(chosen.Settings, new DataRequest(shape[0], shape.Rank == 1, null) { Cancellation = cancellation });
        if (data.Training.InputShape != shape || data.Training.InputType != type)
        {
            throw new ConfigException(
                $"{path}: the data {chosen.Name} gives inputs {data.Training.InputShape} {data.Training.InputType}; the model {request.Path} takes {shape} "
                    + $"{type}");
        }

        return new TrainedModel(model, data, new ModelSource(name, request.Path, OnnxNetwork, chosen.Name, description.Text));
    }

    /// <summary>The mean loss over samples of this model's data.</summary>
    /// <param name="samples">How many samples, 1 or more.</param>
    /// <param name="options">Batch size and which parameters.</param>
    /// <param name="validation">Whether of the validation data; otherwise of the training data.</param>
    /// <param name="seed">Decides the order of the samples, and with it which come first.</param>
    /// <exception cref="ConfigException">The data has fewer samples.</exception>
    public EmpiricalRisk Risk(int samples, RiskOptions options, bool validation = false, ulong seed = 0) =>
        new(Model, Data.Objective.Of, Samples(Data, samples, validation, seed), options);

    /// <summary>How many samples data has. Of text, windows of the context's length that do not overlap.</summary>
    /// <param name="data">The data.</param>
    /// <param name="validation">Whether of the validation data.</param>
    public static int SampleCount(TrainingData data, bool validation)
    {
        ArgumentNullException.ThrowIfNull(data);
        return (((validation ? data.Validation : data.Training).Count - 1) / Stride(data, validation)) + 1;
    }

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
        int stride = Stride(data, validation), available = SampleCount(data, validation);
        if (count > available)
            throw new ConfigException(
                $"{count} samples were asked for; the {(validation ? "validation" : "training")} data has {available}. Ask for fewer, or for a smaller k");
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

    // Windows of training text start anywhere; every context's length one that overlaps none.
    private static int Stride(TrainingData data, bool validation) => data.Tokenizer is not null && !validation ? data.UnitsPerExample : 1;
}
