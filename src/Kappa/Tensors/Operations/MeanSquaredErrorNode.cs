using Kappa.Tensors.Differentiation;

namespace Kappa.Tensors.Operations;

/// <summary>The mean over all elements of (prediction - target)^2.</summary>
internal sealed class MeanSquaredErrorNode(Tensor prediction, Tensor target) : GraphNode(prediction, target)
{
    internal override string Name => "MeanSquaredError";

    internal static Tensor Apply(Tensor prediction, Tensor target)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        ArgumentNullException.ThrowIfNull(target);
        Operands.RequireSameFloating(prediction, target, "MeanSquaredError");
        if (prediction.Shape != target.Shape || prediction.Count == 0)
        {
            throw new TensorShapeException(
                $"MeanSquaredError: expected prediction and target of one shape, not empty; got {prediction.Shape} and {target.Shape}");
        }

        double sum = prediction.Backend.SumOfSquaredDifferences(prediction, target);
        var loss = Tensor.Scalar(sum / prediction.Count, prediction.DataType, prediction.Device);
        if (Recording.Needed(prediction, target))
            loss.RecordedBy(new MeanSquaredErrorNode(prediction, target));
        return loss;
    }

    protected override SavedValue[] Save() => [new(Input(0)), new(Input(1))];

    internal override void Backward(Tensor gradient, BackwardPass pass)
    {
        double scale = 2 * gradient.ElementAsDouble(0) / Input(0).Count;
        Share(Input(0), scale, pass);
        Share(Input(1), -scale, pass);
    }

    internal override Tensor? PushForward(TangentPass pass)
    {
        // 2/n sum (p - t)(dp - dt).
        var result = Input(0).New([pass.Count]);
        using var difference = Input(0).New(Input(0).Shape);
        using var change = Input(0).New(Input(0).Shape);
        difference.Backend.ScaledDifference(Input(0), Input(1), 1, difference, accumulate: false);
        for (int i = 0; i < pass.Count; i++)
        {
            using var dp = pass.Of(Input(0))?.Entry(i);
            using var dt = pass.Of(Input(1))?.Entry(i);
            change.Backend.ScaledDifference(dp, dt, 1, change, accumulate: false);
            result.SetElement(i, 2 * difference.Backend.Dot(difference, change) / difference.Count);
        }

        return result;
    }

    internal override void BackwardTangent(Tensor? gradient, Tensor? gradientTangent, TangentPass pass)
    {
        var (prediction, target) = (Input(0), Input(1));
        bool moves = pass.Of(prediction) is not null || pass.Of(target) is not null;
        if (gradientTangent is null && !moves)
            return;
        // 2/n (dG (p - t) + G (dp - dt)), and the opposite at the target.
        using var total = pass.New(prediction);
        for (int i = 0; i < pass.Count; i++)
        {
            using var to = total.Entry(i);
            if (gradientTangent is not null)
                to.Backend.ScaledDifference(prediction, target, 2 * gradientTangent.ElementAsDouble(i) / prediction.Count, to, accumulate: false);
            if (!moves)
                continue;
            using var dp = pass.Of(prediction)?.Entry(i);
            using var dt = pass.Of(target)?.Entry(i);
            to.Backend.ScaledDifference(dp, dt, 2 * gradient!.ElementAsDouble(0) / prediction.Count, to, accumulate: gradientTangent is not null);
        }

        pass.AddShared(prediction, total);
        if (pass.Needs(target))
            pass.Add(target, -total);
    }

    private void Share(Tensor receiver, double scale, BackwardPass pass)
    {
        if (!pass.Needs(receiver))
            return;
        var share = receiver.New(receiver.Shape);
        share.Backend.ScaledDifference(Input(0), Input(1), scale, share, accumulate: false);
        pass.Add(receiver, share);
    }
}
