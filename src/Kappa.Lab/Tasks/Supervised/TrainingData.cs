namespace Kappa.Lab.Tasks.Supervised;

/// <summary>Training and validation examples of a run, and how a model is judged on them.</summary>
public abstract class TrainingData
{
    private const int DiagnosedExamples = 128;

    private protected TrainingData(DataSet training, DataSet validation) => (Training, Validation) = (training, validation);

    /// <summary>What is trained on.</summary>
    public DataSet Training { get; }

    /// <summary>What is only measured on.</summary>
    public DataSet Validation { get; }

    /// <summary>The number of outputs: tokens of the vocabulary, classes, or numbers to be predicted.</summary>
    public abstract int OutputSize { get; }

    /// <summary>The loss: the cross-entropy of classes, unless it is said otherwise.</summary>
    public virtual Objective Objective => Objective.Classification;

    /// <summary>The figure that is shown along the way, such as <c>accuracy</c>.</summary>
    public abstract string MetricName { get; }

    /// <summary>Whether a larger metric is better.</summary>
    public abstract bool HigherIsBetter { get; }

    /// <summary>What an example consists of: <c>tokens</c>, <c>pictures</c> or <c>rows</c>.</summary>
    public abstract string UnitName { get; }

    /// <summary>How many of them.</summary>
    public abstract int UnitsPerExample { get; }

    /// <summary>Examples that make one pass over the training data.</summary>
    public abstract double ExamplesPerEpoch { get; }

    /// <summary>The SHA-256 of all examples.</summary>
    public virtual string Fingerprint => DataFingerprint.Of(Training, Validation);

    /// <summary>What turns text into tokens; null where the data is no text.</summary>
    public virtual Tokenizer? Tokenizer => null;

    /// <summary>What batches to train on are drawn from: the training examples, or pictures that are varied anew in each epoch.</summary>
    internal virtual DataSet Varied => Training;

    /// <summary>Whether an example costs something to get, so that the next batches are better got while a step is computed.</summary>
    internal virtual bool IsLazy => false;

    /// <summary>Examples of one batch of an evaluation.</summary>
    private protected abstract int EvaluationBatch { get; }

    /// <summary>The mean loss on a batch: a scalar, recorded for differentiation.</summary>
    /// <param name="model">From inputs to outputs.</param>
    /// <param name="batch">The examples.</param>
    public Tensor Loss(Module model, Batch batch)
    {
        ArgumentNullException.ThrowIfNull(model);
        var (inputs, targets) = batch.On(model.Device);
        return Objective.Of(model.Forward(inputs), targets);
    }

    /// <summary>The mean loss on some training examples: a scalar, recorded for differentiation.</summary>
    /// <param name="model">From inputs to outputs.</param>
    /// <param name="rows">Which.</param>
    /// <param name="epoch">What decides how they are varied, where they are.</param>
    internal Tensor Loss(Module model, ReadOnlySpan<int> rows, long epoch = 0)
    {
        // Not by Take, so that the step's scope gives the memory back.
        var batch = new Batch(
            Tensor.Zeros([rows.Length, .. Training.InputShape.ToArray()], Training.InputType),
            Tensor.Zeros([rows.Length, .. Training.TargetShape.ToArray()], Training.TargetType));
        Varied.Copy(rows, batch.Inputs, batch.Targets, epoch);
        return Loss(model, batch);
    }

    /// <summary>Measures a model, in evaluation mode.</summary>
    /// <param name="model">The model; it is in training mode afterwards.</param>
    /// <param name="examples">How many validation examples, spread evenly; 0 for all.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <exception cref="NonFiniteException">The loss is NaN or infinite.</exception>
    public Evaluation Evaluate(Module model, int examples, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfNegative(examples);
        using var quiet = NoGradient.Begin();
        model.Eval();
        double lossSum = 0;
        long rows = 0;
        var device = model.Device;
        var metrics = Metrics(all: examples == 0);
        try
        {
            foreach (var batch in Some(examples).BatchesInOrder(EvaluationBatch))
            {
                cancellation.ThrowIfCancellationRequested();
                using var scope = TensorScope.Begin();
                var (inputs, targets) = batch.On(device);
                var outputs = model.Forward(inputs);
                lossSum += Objective.Of(outputs, targets).ToDouble() * targets.Count;
                rows += targets.Count;
                foreach (var metric in metrics)
                    metric.Add(Measured(outputs), Measured(targets));
            }
        }
        finally
        {
            model.Train();
        }
        double mean = lossSum / rows;
        return double.IsFinite(mean)
            ? Judge(mean, metrics)
            : throw new NonFiniteException($"the validation loss is {mean}");
    }

    /// <summary>How many validation examples a model is diagnosed at, unless another number is asked for.</summary>
    internal int UsualDiagnosticInputs => Math.Min(Math.Min(DiagnosedExamples, EvaluationBatch), Validation.Count);

    /// <summary>Inputs at which a model is diagnosed: the first validation examples.</summary>
    /// <param name="count">How many; no more than there are.</param>
    internal Tensor DiagnosticInputs(int count)
    {
        foreach (var batch in new DataSubset(Validation, Enumerable.Range(0, count)).BatchesInOrder(count))
            return batch.Inputs.Clone();
        throw new InvalidOperationException("there are no validation examples");
    }

    /// <summary>New metrics, all there are.</summary>
    internal IReadOnlyList<Metric> AllMetrics() => Metrics(all: true);

    /// <summary>The same with validation examples whose inputs differ.</summary>
    /// <param name="shift">How.</param>
    /// <param name="strength">How much, in the place of the strengths of the settings.</param>
    /// <param name="missing">The columns of a table that are missing; otherwise none.</param>
    /// <exception cref="ConfigException">A column that is to be missing is none of the inputs.</exception>
    internal virtual TrainingData Shifted(ShiftSettings shift, double strength, out IReadOnlyList<string> missing) =>
        throw new NotSupportedException($"{UnitName} are measured as they are");

    /// <summary>Outputs or targets in the unit that metrics are given in.</summary>
    private protected virtual Tensor Measured(Tensor numbers) => numbers;

    /// <summary>New metrics, the one that is shown along the way first.</summary>
    /// <param name="all">Whether all are wanted, not only that one.</param>
    private protected abstract IReadOnlyList<Metric> Metrics(bool all);

    private protected virtual Evaluation Judge(double loss, IReadOnlyList<Metric> metrics) => new(loss, metrics[0].Value)
    {
        Figures = metrics.Where(metric => metric.Undefined is null && metric is not ConfusionMatrix)
            .ToDictionary(metric => metric.Name, metric => metric.Value),
        Confusion = metrics.OfType<ConfusionMatrix>().FirstOrDefault(),
    };

    private DataSet Some(int examples) => examples == 0 || examples >= Validation.Count
        ? Validation
        : new DataSubset(Validation, Enumerable.Range(0, examples).Select(i => (int)((long)i * Validation.Count / examples)));
}
