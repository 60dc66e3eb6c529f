namespace Kappa.Lab.Tasks;

/// <summary>A task that is ready: makes models, gives losses, deploys. Safe to use from several threads at once; each run has its own model.</summary>
public abstract class PreparedTask
{
    /// <summary>What <see cref="Deployment.Metric"/> is, such as <c>success</c> or <c>closed-loop cost over the demonstrator's</c>.</summary>
    public abstract string MetricName { get; }

    /// <summary>Whether a larger metric is better.</summary>
    public abstract bool HigherIsBetter { get; }

    /// <summary>What the horizon of <see cref="Deployment.Curves"/> counts, such as <c>seconds</c> or <c>steps</c>.</summary>
    public abstract string HorizonUnit { get; }

    /// <summary>The number of training examples; a batch is a set of indices below it.</summary>
    public abstract int TrainingCount { get; }

    /// <summary>Makes the map that whitens the inputs of the training examples, for the whitened-inputs control: usually
    /// <see cref="InputTransform.Whitening"/> of what the model sees. Null where that has no meaning.</summary>
    /// <remarks>The model then arrives as a <see cref="TransformedModel"/>, which a task that only calls it need not know.</remarks>
    public virtual InputTransform? CreateWhitening() => null;

    /// <summary>What was read to make it, by name or path, and the SHA-256 of each; nothing where all is made from the settings.</summary>
    public virtual IReadOnlyDictionary<string, string> Identity { get; } = new Dictionary<string, string>();

    /// <summary>What the report should say beside the comparison; none unless a task has something.</summary>
    public virtual IReadOnlyList<FindingSection> Notes => [];

    /// <summary>Makes the model of one run, initialised.</summary>
    /// <param name="model">What the config says of the model; a task with a model of its own says so when this is not null.</param>
    /// <param name="generator">The run's source of randomness for initialisation.</param>
    public abstract Module CreateModel(ModelConfig? model, Philox generator);

    /// <summary>The training loss on some examples: a scalar, recorded for differentiation.</summary>
    /// <param name="model">The run's model.</param>
    /// <param name="indices">Which examples.</param>
    public abstract Tensor TrainingLoss(Module model, ReadOnlySpan<int> indices);

    /// <summary>The training loss at a step; a task that varies its examples, such as pictures, varies them by the step.</summary>
    /// <param name="model">The run's model.</param>
    /// <param name="indices">Which examples.</param>
    /// <param name="step">The step, 0 at the first.</param>
    public virtual Tensor TrainingLoss(Module model, ReadOnlySpan<int> indices, long step) => TrainingLoss(model, indices);

    /// <summary>The loss on all validation examples.</summary>
    /// <param name="model">The run's model.</param>
    public abstract double ValidationLoss(Module model);

    /// <summary>The loss on all validation examples; a task that takes long over it looks at the token.</summary>
    /// <param name="model">The run's model.</param>
    /// <param name="cancellation">Stops the work.</param>
    public virtual double ValidationLoss(Module model, CancellationToken cancellation) => ValidationLoss(model);

    /// <summary>Deploys the model: lets it run along its own predictions, and measures.</summary>
    /// <param name="model">The run's model.</param>
    /// <param name="cancellation">Stops the work.</param>
    public abstract Deployment Deploy(Module model, CancellationToken cancellation);
}
