using Kappa.Tensors.Differentiation;
using Kappa.Tensors.Kernels;

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
            throw new TensorShapeException($"MeanSquaredError: expected prediction and target of one shape, not empty; got {prediction.Shape} and {target.Shape}");
        double sum = Backend.Current.SumOfSquaredDifferences(prediction, target);
        var loss = Tensor.Scalar(sum / prediction.Count, prediction.DataType);
        if (Recording.Needed(prediction, target))
            loss.RecordedBy(new MeanSquaredErrorNode(prediction, target));
        return loss;
    }

    internal override void Backward(Tensor gradient, BackwardPass pass)
    {
        var (prediction, target) = (Input(0), Input(1));
        double scale = 2 * gradient.ElementAsDouble(0) / prediction.Count;
        Share(prediction, target, scale, pass, prediction);
        Share(prediction, target, -scale, pass, target);
    }

    private static void Share(Tensor prediction, Tensor target, double scale, BackwardPass pass, Tensor receiver)
    {
        if (!pass.Needs(receiver))
            return;
        var share = Tensor.Uninitialized(prediction.Shape, prediction.DataType);
        Backend.Current.ScaledDifference(prediction, target, scale, share);
        pass.Add(receiver, share);
    }

    internal override Tensor? PushForward(TangentPass pass)
    {
        // 2/n sum (p - t)(dp - dt).
        var (prediction, target) = (Input(0), Input(1));
        using var difference = prediction - target;
        using var rate = Difference(pass) * difference;
        using var flat = rate.Reshape([pass.Count, prediction.Count]);
        using var sum = flat.Sum(1);
        return sum / (prediction.Count / 2.0);
    }

    internal override void BackwardTangent(Tensor? gradient, Tensor? gradientTangent, TangentPass pass)
    {
        var (prediction, target) = (Input(0), Input(1));
        Tensor? total = null;
        if (gradientTangent is not null)
        {
            using var difference = prediction - target;
            using var scales = gradientTangent.Reshape(Ones(prediction.Rank).Prepend(pass.Count));
            total = scales * difference;
        }

        if (pass.Of(prediction) is not null || pass.Of(target) is not null)
        {
            var curvature = Difference(pass) * gradient!.ElementAsDouble(0);
            total = total is null ? curvature : total + curvature;
        }

        if (total is null)
            return;
        if (pass.Needs(prediction))
            pass.Add(prediction, total * (2.0 / prediction.Count));
        if (pass.Needs(target))
            pass.Add(target, total * (-2.0 / prediction.Count));
        total.Dispose();
    }

    /// <summary>dp - dt.</summary>
    private Tensor Difference(TangentPass pass) => (pass.Of(Input(0)), pass.Of(Input(1))) switch
    {
        ({ } p, { } t) => p - t,
        ({ } p, null) => p.Detach(),
        (null, { } t) => -t,
        _ => throw new InvalidOperationException("no input has a tangent"),
    };

    private static Shape Ones(int rank)
    {
        Span<int> lengths = stackalloc int[rank];
        lengths.Fill(1);
        return new Shape(lengths);
    }
}
