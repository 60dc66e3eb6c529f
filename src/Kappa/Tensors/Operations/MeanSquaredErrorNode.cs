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
        if (!BackwardPass.Needs(receiver))
            return;
        var share = Tensor.Uninitialized(prediction.Shape, prediction.DataType);
        Backend.Current.ScaledDifference(prediction, target, scale, share);
        pass.Add(receiver, share);
    }
}
