using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Kappa.Tensors.Kernels;

/// <content>Losses of elements.</content>
internal sealed partial class GuardedBackend
{
    internal override double LossSum(ElementLoss loss)
    {
        Reads(loss);
        return kernels.LossSum(loss);
    }

    internal override void LossDerivative(ElementLoss loss, int input, double scale, Tensor result)
    {
        Reads(loss);
        Writes(result, loss.Inputs[0].Count);
        kernels.LossDerivative(loss, input, scale, result);
    }

    internal override double LossTangent(ElementLoss loss, Tensor?[] tangents)
    {
        Reads(loss, tangents);
        return kernels.LossTangent(loss, tangents);
    }

    internal override void LossDerivativeTangent(ElementLoss loss, int input, Tensor?[] tangents, double scale, double? change, Tensor result)
    {
        Reads(loss, tangents);
        Writes(result, loss.Inputs[0].Count);
        kernels.LossDerivativeTangent(loss, input, tangents, scale, change, result);
    }

    private void Reads(ElementLoss loss, Tensor?[]? tangents = null, [CallerMemberName] string kernel = "")
    {
        int count = loss.Inputs[0].Count;
        foreach (var tensor in loss.Inputs)
            Reads(tensor, count, kernel);
        foreach (var tensor in tangents ?? [])
            Reads(tensor, count, kernel);
        Reads(loss.Weights, loss.Weights?.Count ?? 0, kernel);
        Debug.Assert(loss.Weights is null || count % loss.Weights.Count == 0, $"weights {loss.Weights?.Shape} do not repeat to {loss.Inputs[0].Shape}");
        Debug.Assert(count % loss.Parameters.Length == 0, $"{loss.Parameters.Length} parameters do not repeat to {loss.Inputs[0].Shape}");
    }
}
