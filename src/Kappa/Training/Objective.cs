using Kappa.Networks;
using Kappa.Tensors;

namespace Kappa.Training;

/// <summary>What is trained: a loss of outputs and targets, and what it takes, so that silent misuse is found.</summary>
/// <param name="name">What the loss is called, such as <c>cross-entropy</c>.</param>
/// <param name="targets">What its targets are.</param>
/// <param name="loss">From outputs and targets to a scalar, the mean over the batch.</param>
public sealed class Objective(string name, TargetKind targets, Func<Tensor, Tensor, Tensor> loss)
{
    private readonly Func<Tensor, Tensor, Tensor> _loss = loss ?? throw new ArgumentNullException(nameof(loss));

    /// <summary>Cross-entropy of logits <c>[.., classes]</c> and int32 labels <c>[..]</c>: classification, and language models with a label at each
    /// place.</summary>
    public static Objective Classification { get; } = ClassificationWith(new CrossEntropyOptions());

    /// <summary>Cross-entropy of one output for each int32 label 0 or 1: the score of class 1 before the sigmoid.</summary>
    public static Objective BinaryClassification { get; } = new(
        "binary cross-entropy", TargetKind.Classes,
        (outputs, targets) => Loss.BinaryCrossEntropyWithLogits(outputs, targets.Reshape(outputs.Shape).To(outputs.DataType)));

    /// <summary>The mean squared error of numbers of one shape.</summary>
    public static Objective Regression { get; } = new(
        "mean squared error", TargetKind.Numbers, (outputs, targets) => Loss.MeanSquaredError(outputs, targets.Reshape(outputs.Shape)));

    /// <summary>What the loss is called.</summary>
    public string Name { get; } = name;

    /// <summary>What its targets are.</summary>
    public TargetKind Targets { get; } = targets;

    /// <summary>Whether the loss takes scores before the softmax, so that probabilities are a mistake.</summary>
    internal bool TakesLogits { get; private init; }

    /// <summary>As <see cref="Classification"/>, with labels that are ignored or smoothed, or classes that weigh more than others.</summary>
    /// <param name="options">Which.</param>
    public static Objective ClassificationWith(CrossEntropyOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new(
            "cross-entropy", TargetKind.Classes, (outputs, targets) => Loss.CrossEntropy(Rows(outputs, targets), targets.Reshape([targets.Count]), options))
        {
            TakesLogits = true,
        };
    }

    /// <summary>The loss of a batch.</summary>
    /// <param name="outputs">What the model gave.</param>
    /// <param name="targets">What was right.</param>
    /// <returns>A scalar.</returns>
    /// <exception cref="ArgumentException">The targets are of another kind.</exception>
    /// <exception cref="TensorShapeException">The shapes do not fit.</exception>
    public Tensor Of(Tensor outputs, Tensor targets)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        ArgumentNullException.ThrowIfNull(targets);
        if (Targets == TargetKind.Classes && targets.DataType != DataType.Int32)
        {
            throw new ArgumentException(
                $"{Name} takes labels as Int32; got targets {targets.Shape} {targets.DataType}. Labels that came as floats are converted by "
                + "To(DataType.Int32); for numbers to be predicted use Objective.Regression", nameof(targets));
        }
        if (Targets == TargetKind.Numbers && targets.DataType != outputs.DataType)
        {
            throw new ArgumentException(
                $"{Name} takes targets of the outputs' type {outputs.DataType}; got {targets.Shape} {targets.DataType}. "
                + $"Convert numbers by To({outputs.DataType}); for labels use Objective.Classification", nameof(targets));
        }
        return _loss(outputs, targets);
    }

    private static Tensor Rows(Tensor outputs, Tensor targets)
    {
        if (outputs.Rank < 2 || outputs.Count / Math.Max(1, outputs.Shape[-1]) != targets.Count)
            throw new TensorShapeException($"cross-entropy: expected outputs [.., classes] with a label for each row; got {outputs.Shape} and {targets.Shape}");
        return outputs.Reshape([targets.Count, outputs.Shape[-1]]);
    }
}
