using Kappa.Networks;
using Kappa.Optimizers;
using Kappa.Tensors;

namespace Kappa.Training;

/// <summary>Trains a model: epochs or steps, validation with metrics, early stopping, the best and the last checkpoint, progress, cancellation, and a resume to
/// the same bits. Around <see cref="TrainingLoop"/>, which a hand-written training may use as well.</summary>
/// <remarks>
/// <code>
/// var accuracy = new Accuracy();
/// var trainer = new Trainer(model, new AdamW(model.Parameters(), 1e-3),
///     new TrainerOptions { Epochs = 50, Metrics = [accuracy], Monitor = accuracy, Patience = 5, Folder = "runs/first" });
/// var outcome = trainer.Fit(training, validation);
/// </code>
/// The model is in training mode during the steps, and in evaluation mode during evaluations and afterwards. Metrics hold the figures of the last evaluation.
/// </remarks>
public sealed class Trainer
{
    private readonly TrainerOptions _options;
    private bool _isStopped;

    /// <summary>A trainer.</summary>
    /// <param name="model">The model.</param>
    /// <param name="optimizer">What changes its parameters, with learning rate, schedule and clipping.</param>
    /// <param name="options">How.</param>
    /// <exception cref="ArgumentException">The options contradict each other; the message names them.</exception>
    public Trainer(Module model, Optimizer optimizer, TrainerOptions options)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        TrainedModel.Require(nameof(Trainer), optimizer, model, model.Parameters());
        (Model, Optimizer, _options) = (model, optimizer, options);
    }

    /// <summary>The model.</summary>
    public Module Model { get; }

    /// <summary>What changes its parameters.</summary>
    public Optimizer Optimizer { get; }

    /// <summary>Ends the training after the step that is being taken.</summary>
    public void Stop() => _isStopped = true;

    /// <summary>Trains.</summary>
    /// <param name="training">Batches to train on.</param>
    /// <param name="validation">Batches to measure on, gone through at each evaluation; null for none, then the training loss decides.</param>
    /// <param name="cancellation">Stops between two steps, after a checkpoint of them where there is a folder.</param>
    /// <returns>How it went.</returns>
    /// <exception cref="OperationCanceledException">It was asked to stop.</exception>
    /// <exception cref="NonFiniteException">A loss, gradient, parameter or figure is NaN or infinite; the message says where that arose.</exception>
    /// <exception cref="ArgumentException">There are metrics, and no validation examples to measure them on.</exception>
    /// <exception cref="InvalidOperationException">The folder holds a training already, or one of other settings, or another training writes there now; or a
    /// guard found a mistake.</exception>
    public TrainingOutcome Fit(IBatchSource training, IEnumerable<Batch>? validation = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(training);
        if (validation is null && _options.Metrics.Count > 0)
        {
            throw new ArgumentException(
                $"TrainerOptions.Metrics ({string.Join(", ", _options.Metrics.Select(metric => metric.Name))}) are measured on validation examples; "
                + "give some, or leave the metrics out", nameof(validation));
        }
        if (validation is not null && validation.TryGetNonEnumeratedCount(out int batches) && batches == 0)
            throw new ArgumentException("expected one validation batch or more, or null for none; got an empty list", nameof(validation));
        _isStopped = false;
        using var taken = _options.Folder is { } folder ? TrainerLock.Take(folder) : null;
        return new TrainerRun(this, _options, training, validation, cancellation).Fit();
    }

    /// <summary>Measures the model on batches, in evaluation mode.</summary>
    /// <param name="batches">The batches.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    /// <returns>The mean loss; the trainer's metrics hold their figures.</returns>
    public double Evaluate(IEnumerable<Batch> batches, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(batches);
        using var quiet = NoGradient.Begin();
        Model.Eval();
        foreach (var metric in _options.Metrics)
            metric.Reset();
        double sum = 0;
        long examples = 0;
        var device = Model.Device;
        foreach (var batch in batches)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = TensorScope.Begin();
            var (inputs, targets) = batch.On(device);
            var outputs = Model.Forward(inputs);
            int count = inputs.Shape[0];
            sum += _options.Objective.Of(outputs, targets).ToDouble() * count;
            examples += count;
            foreach (var metric in _options.Metrics)
                metric.Add(outputs, targets);
        }
        return examples == 0 ? throw new ArgumentException("there is no validation example", nameof(batches))
            : double.IsFinite(sum / examples) ? sum / examples
            : throw new NonFiniteException($"the validation loss, {_options.Objective.Name}, is {sum / examples}");
    }

    internal bool IsStopped => _isStopped;
}
