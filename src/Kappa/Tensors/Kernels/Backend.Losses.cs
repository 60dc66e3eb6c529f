using Kappa.Tensors.Differentiation;

namespace Kappa.Tensors.Kernels;

/// <content>Losses, in double precision. Derivatives of those of elements are those of what they are written out as.</content>
internal abstract partial class Backend
{
    /// <summary>The sum over rows and classes of share (log(sum(exp(logits))) - logits), for logits [rows, classes].</summary>
    internal virtual double CrossEntropy(CrossEntropyTargets targets, Tensor logits)
    {
        using var _ = Composed.Begin();
        var shares = Shares(targets, logits);
        // What has no share is not looked at, infinite or not.
        return -Total(Chosen(shares.NotEqual(0), shares * Wide(logits).LogSoftmax(), null));
    }

    /// <summary>result = scale (the row's shares softmax(logits) - the share of each class).</summary>
    internal virtual void CrossEntropyDerivative(CrossEntropyTargets targets, Tensor logits, double scale, Tensor result)
    {
        using var _ = Composed.Begin();
        Put((CrossEntropySlope(targets, logits) * scale).To(result.DataType), result);
    }

    /// <summary>result[k] = scale, times the sum over rows and classes of share (softmax(logits) . t - t), for tangents t [K, rows, classes].</summary>
    internal virtual void CrossEntropyTangent(CrossEntropyTargets targets, Tensor logits, Tensor tangents, double scale, Tensor result)
    {
        using var _ = Composed.Begin();
        var products = CrossEntropySlope(targets, logits) * Wide(tangents, [result.Count, logits.Shape[0], logits.Shape[1]]);
        Put((products.Reshape([result.Count, logits.Count]).Sum(1) * scale).To(result.DataType), result);
    }

    /// <summary>
    /// result[k] = scale shares (p t - p (p . t)) + gradientTangent[k] / weight (shares p - the share of each class), with p = softmax(logits) formed one row
    /// at a time, for tangents t [K, rows, classes] and gradientTangent [K], either of which may be absent.
    /// </summary>
    internal virtual void CrossEntropyDerivativeTangent(
        CrossEntropyTargets targets, Tensor logits, Tensor? tangents, double scale, Tensor? gradientTangent, Tensor result)
    {
        using var _ = Composed.Begin();
        int count = result.Shape[0];
        Shape shape = [count, logits.Shape[0], logits.Shape[1]];
        var sum = Tensor.Zeros(shape, DataType.Float64, logits.Device);
        if (tangents is not null)
        {
            var (t, p) = (Wide(tangents, shape), Wide(logits).Softmax());
            var rows = Shares(targets, logits).Sum(1, keepAxis: true) * scale;
            sum += rows * p * (t - (p * t).Sum(2, keepAxis: true));
        }

        if (gradientTangent is not null)
            sum += Wide(gradientTangent, [count, 1, 1]) * (CrossEntropySlope(targets, logits) / targets.Weight);
        Put(sum.To(result.DataType), result);
    }

    /// <summary>The sum over elements of the weighted loss, pairwise and in double precision.</summary>
    internal virtual double LossSum(ElementLoss loss)
    {
        using var _ = Composed.Begin();
        return Total(WrittenLosses.Of(loss, Array.ConvertAll(loss.Inputs, Wide)));
    }

    /// <summary>result = scale times the weighted derivative at one of the inputs.</summary>
    internal virtual void LossDerivative(ElementLoss loss, int input, double scale, Tensor result)
    {
        using var _ = Composed.Begin();
        using var function = Written(loss);
        var found = Tensor.Zeros(result.Shape, DataType.Float64, result.Device);
        function.AddVjp(Tensor.Full(function.Value.Shape, scale, DataType.Float64, result.Device), At(found, input, loss));
        Put(found.To(result.DataType), result);
    }

    /// <summary>The sum over elements of the weighted derivatives times the tangents of the inputs, of which at least one is there.</summary>
    internal virtual double LossTangent(ElementLoss loss, Tensor?[] tangents)
    {
        using var _ = Composed.Begin();
        using var function = Written(loss);
        return Total(function.Jvp(1, Array.ConvertAll(tangents, tangent => tangent is null ? null : Wide(tangent))));
    }

    /// <summary>result = scale times how the weighted derivative at one of the inputs changes along the tangents, plus that derivative times the change, where
    /// given.</summary>
    internal virtual void LossDerivativeTangent(ElementLoss loss, int input, Tensor?[] tangents, double scale, double? change, Tensor result)
    {
        using var _ = Composed.Begin();
        using var function = Written(loss);
        var found = Tensor.Zeros(result.Shape, DataType.Float64, result.Device);
        Tensor? Same(double? value) => value is { } number ? Tensor.Full(function.Value.Shape, number, DataType.Float64, result.Device) : null;
        function.AddVjpTangent(
            1, Same(scale), Same(change), Array.ConvertAll(tangents, tangent => tangent is null ? null : Wide(tangent)), At(found, input, loss));
        Put(found.To(result.DataType), result);
    }

    private static Differentiable Written(ElementLoss loss) =>
        Differentiable.Of(inputs => WrittenLosses.Of(loss, inputs), Array.ConvertAll(loss.Inputs, Wide));

    private static Tensor?[] At(Tensor result, int input, ElementLoss loss)
    {
        var results = new Tensor?[loss.Inputs.Length];
        results[input] = result;
        return results;
    }

    /// <summary>The share of each class in each row, [rows, classes].</summary>
    private static Tensor Shares(CrossEntropyTargets targets, Tensor logits)
    {
        int classes = logits.Shape[1];
        int[] labels = targets.Labels.ToArray<int>();
        double[] shares = new double[logits.Count];
        for (int row = 0; row < labels.Length; row++)
        {
            if (!targets.Counts(labels[row]))
                continue;
            for (int c = 0; c < classes && targets.Smoothing != 0; c++)
                shares[(row * classes) + c] = targets.SmoothShare(c);
            shares[(row * classes) + labels[row]] += targets.LabelShare(labels[row]);
        }

        return Numbers(shares, logits.Shape, logits);
    }

    /// <summary>The row's shares softmax(logits) - the share of each class.</summary>
    private static Tensor CrossEntropySlope(CrossEntropyTargets targets, Tensor logits)
    {
        var shares = Shares(targets, logits);
        return (shares.Sum(1, keepAxis: true) * Wide(logits).Softmax()) - shares;
    }
}
