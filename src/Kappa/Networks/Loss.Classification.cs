using Kappa.Tensors;
using Kappa.Tensors.Kernels;
using Kappa.Tensors.Operations;

namespace Kappa.Networks;

/// <content>Losses of answers that are yes or no, and of margins. Each is computed in double precision and rounded once, as are its derivatives.</content>
public static partial class Loss
{
    private static readonly BinaryCrossEntropyOptions PlainBinary = new();

    /// <summary>The mean of the cross-entropy of sigmoid(logits) against targets, for answers that are yes or no, any number of which may be yes.</summary>
    /// <param name="logits">Any shape, not empty, such as <c>[batch, classes]</c>.</param>
    /// <param name="targets">The same shape and type, from 0 (no) to 1 (yes).</param>
    /// <returns>A scalar. Neither it nor its derivatives overflow or lose digits, however large the logits are.</returns>
    /// <exception cref="TensorShapeException">Shapes or types do not fit, or are empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A target is not in 0..1; the message names its position.</exception>
    public static Tensor BinaryCrossEntropyWithLogits(Tensor logits, Tensor targets) => BinaryCrossEntropyWithLogits(logits, targets, PlainBinary);

    /// <summary>Binary cross-entropy where positives weigh more, targets are smoothed and elements are weighed: PyTorch's <c>BCEWithLogitsLoss</c>.</summary>
    /// <param name="logits">x, any shape, not empty, such as <c>[batch, classes]</c>.</param>
    /// <param name="targets">y, the same shape and type, from 0 (no) to 1 (yes).</param>
    /// <param name="options">p, s and w.</param>
    /// <returns>A scalar.</returns>
    /// <exception cref="TensorShapeException">Shapes or types do not fit, are empty, or there is not one positive weight for each class.</exception>
    /// <exception cref="ArgumentException">A target, a weight or an option is out of range; the message names it.</exception>
    /// <remarks>
    /// The mean over all elements of w (p y' log(1 + exp(-x)) + (1 - y') log(1 + exp(x))), with y' = (1 - s) y + s / 2. As in PyTorch, the mean is over the
    /// number of elements, whatever they weigh.
    /// </remarks>
    public static Tensor BinaryCrossEntropyWithLogits(Tensor logits, Tensor targets, BinaryCrossEntropyOptions options)
    {
        const string Name = "BinaryCrossEntropyWithLogits";
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        LossChecks.RequireSame(Name, logits, "logits", targets, "targets");
        LossChecks.RequireBetween(Name, nameof(targets), targets, 0, 1);
        double[] positive = options.PositiveWeights is null ? [1] : [.. options.PositiveWeights];
        if (positive.Length != 1 && (logits.Rank == 0 || positive.Length != logits.Shape[-1]))
        {
            throw new TensorShapeException(
                $"{Name}: expected one positive weight, or one for each index of the last axis of the logits {logits.Shape}; PositiveWeights has "
                + $"{positive.Length}");
        }

        if (options.Weights is not null)
            _ = LossChecks.RequireWeights(Name, options.Weights, logits);
        return ElementLossNode.Apply(new ElementLoss(Name, LossFunction.BinaryCrossEntropy, logits, targets)
        {
            Parameters = positive, Smoothing = options.LabelSmoothing, Weights = options.Weights,
        });
    }

    /// <summary>The mean of max(1 - target score, 0).</summary>
    /// <inheritdoc cref="Hinge(Tensor, Tensor, double, Tensor)"/>
    public static Tensor Hinge(Tensor scores, Tensor targets) => Hinge(scores, targets, 1);

    /// <summary>The weighted mean of max(margin - target score, 0): the loss of support vector machines (Cortes and Vapnik, 1995).</summary>
    /// <param name="scores">Any shape, not empty.</param>
    /// <param name="targets">The same shape and type, each -1 or 1.</param>
    /// <param name="margin">How far on the right side a score has to be, above zero.</param>
    /// <param name="weights">As in <see cref="MeanAbsoluteError(Tensor, Tensor, Tensor)"/>.</param>
    /// <returns>A scalar.</returns>
    /// <exception cref="TensorShapeException">Shapes or types do not fit, or are empty.</exception>
    /// <exception cref="ArgumentException">A target is neither -1 nor 1, or a weight or the margin is out of range; the message names it.</exception>
    public static Tensor Hinge(Tensor scores, Tensor targets, double margin, Tensor? weights = null)
    {
        _ = NumberChecks.Positive(margin, nameof(margin));
        LossChecks.RequireSame("Hinge", scores, "scores", targets, "targets");
        LossChecks.RequireSigns("Hinge", nameof(targets), targets);
        return LossChecks.WeightedMean("Hinge", LossFunction.Hinge, weights, margin, 1, scores, targets);
    }

    /// <summary>How far the scores of wrong classes come up to 1 below that of the right one.</summary>
    /// <inheritdoc cref="MultiMargin(Tensor, Tensor, double, IReadOnlyList{double})"/>
    public static Tensor MultiMargin(Tensor scores, Tensor labels) => MultiMargin(scores, labels, 1);

    /// <summary>How far the scores of wrong classes come up to that of the right one (Crammer and Singer, 2001): PyTorch's <c>MultiMarginLoss</c> with p =
    /// 1.</summary>
    /// <param name="scores">x, <c>[batch, classes]</c>.</param>
    /// <param name="labels">y, Int32 <c>[batch]</c>, each in 0..classes-1.</param>
    /// <param name="margin">How far the right class has to be ahead, above zero.</param>
    /// <param name="classWeights">w, a finite number of zero or more for each class. Null: 1 for each.</param>
    /// <returns>A scalar, the mean over rows of w[y] sum over c != y of max(margin - x[y] + x[c], 0), over the number of classes. As in PyTorch, the mean is
    /// over the number of rows, whatever they weigh.</returns>
    /// <exception cref="TensorShapeException">Shapes or types do not fit, or are empty.</exception>
    /// <exception cref="ArgumentException">A label, a weight or the margin is out of range; the message names it.</exception>
    public static Tensor MultiMargin(Tensor scores, Tensor labels, double margin, IReadOnlyList<double>? classWeights = null)
    {
        const string Name = "MultiMargin";
        _ = NumberChecks.Positive(margin, nameof(margin));
        Operands.RequireFloating(scores, Name);
        ArgumentNullException.ThrowIfNull(labels);
        Operands.RequireMatrix(scores, Name, "scores");
        if (scores.Count == 0 || labels.Rank != 1 || labels.Shape[0] != scores.Shape[0])
            throw new TensorShapeException($"{Name}: expected scores [n, classes] and labels [n] with n >= 1; got {scores.Shape} and {labels.Shape}");
        int classes = scores.Shape[1];
        Operands.RequireIndices(labels, classes, Name, "labels");
        double[] perClass = ClassWeights(Name, classWeights, classes);
        var weights = Tensor.Uninitialized(scores.Shape, scores.DataType);
        var onHost = labels.OnHost();
        int[] places = new int[labels.Count];
        for (int row = 0; row < places.Length; row++)
        {
            int label = onHost.ReadOnlyValues<int>()[row];
            places[row] = (row * classes) + label;
            using var inRow = weights.Entry(row);
            if (scores.DataType == DataType.Float32)
                inRow.WritableValues<float>().Fill((float)perClass[label]);
            else
                inRow.WritableValues<double>().Fill(perClass[label]);
            inRow.SetElement(label, 0);
        }

        var right = scores.Reshape([scores.Count]).Gather(Tensor.From(places).To(scores.Device)).Reshape([places.Length, 1]).Expand(scores.Shape);
        return ElementLossNode.Apply(new ElementLoss(Name, LossFunction.Margin, scores, right) { Parameters = [margin], Weights = weights.To(scores.Device) });
    }

    private static double[] ClassWeights(string name, IReadOnlyList<double>? weights, int classes)
    {
        if (weights is null)
            return [.. Enumerable.Repeat(1.0, classes)];
        if (weights.Count != classes)
            throw new TensorShapeException($"{name}: expected a weight for each of {classes} classes; got {weights.Count}");
        for (int i = 0; i < classes; i++)
        {
            if (!(weights[i] is >= 0 and < double.PositiveInfinity))
            {
                throw new ArgumentOutOfRangeException(
                    nameof(weights), weights[i], $"{name}: class weights are finite numbers, zero or more; class {i} has {weights[i]:R}");
            }
        }

        return [.. weights];
    }
}
