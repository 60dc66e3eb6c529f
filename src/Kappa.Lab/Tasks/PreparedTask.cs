namespace Kappa.Lab.Tasks;

/// <summary>A task that is ready: makes models, gives losses, deploys. Safe to use from several threads at once; each run has its own model.</summary>
public abstract class PreparedTask
{
    /// <summary>What <see cref="Deployment.Metric"/> is, such as <c>success</c> or <c>closed-loop cost over the demonstrator's</c>.</summary>
    public abstract string MetricName { get; }

    /// <summary>Whether a larger metric is better.</summary>
    public abstract bool HigherIsBetter { get; }

    /// <summary>Whether the metric is a share, from 0 to 1: of one, 5% are 0.05, however small it is.</summary>
    public virtual bool IsShare => false;

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

    /// <summary>The training loss of a model on some hundreds of held-out examples in the place of training ones: a scalar, recorded for differentiation. Null
    /// where the task does not offer it.</summary>
    public virtual Func<Module, Tensor>? HeldOutLoss => null;

    /// <summary>The inputs of <see cref="HeldOutLoss"/> before any transform, <c>[n, features]</c>, a row for each row of the model's outputs; null where
    /// inputs are
    /// no vectors, such as tokens.</summary>
    public virtual Tensor? HeldOutInputs => null;

    /// <summary>The loss of a model on held-out examples whose inputs are perturbed: by noise of a tenth of their standard deviation, or by a share of tokens
    /// replaced; the targets stay. Null where the task does not offer it. The same for the same model, every time.</summary>
    public virtual Func<Module, CancellationToken, double>? PerturbedLoss => null;

    /// <summary>The loss of a model on held-out examples after it has written some of the tokens before itself; null where the task has no cheap form of
    /// that. The same for the same model, every time.</summary>
    public virtual Func<Module, CancellationToken, double>? UnrolledLoss => null;

    /// <summary>Figures of a trained model on held-out examples, which stand beside those of its deployment; gradients may be taken. None unless a study asks
    /// for some.</summary>
    /// <param name="model">The run's model.</param>
    /// <param name="cancellation">Stops the work.</param>
    public virtual IReadOnlyDictionary<string, double> HeldOutFigures(Module model, CancellationToken cancellation) => new Dictionary<string, double>();
}
