using Kappa.Tensors.Differentiation;
using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Operations;

/// <summary>The weighted mean of a loss over elements. The rules are those of any function of two or three numbers; the kernels have its derivatives.</summary>
internal sealed class ElementLossNode(ElementLoss loss) : GraphNode(loss.Inputs)
{
    internal override string Name => loss.Name;

    internal static Tensor Apply(ElementLoss loss)
    {
        var like = loss.Inputs[0];
        var result = Tensor.Scalar(like.Backend.LossSum(loss) / loss.Divisor, like.DataType, like.Device);
        if (Array.Exists(loss.Inputs, Recording.Needed))
            result.RecordedBy(new ElementLossNode(loss));
        return result;
    }

    protected override SavedValue[] Save() =>
        [.. loss.Inputs.Select(input => new SavedValue(input)), .. loss.Weights is null ? Array.Empty<SavedValue>() : [new(loss.Weights)]];

    internal override void Backward(Tensor gradient, BackwardPass pass)
    {
        double scale = gradient.ElementAsDouble(0) / loss.Divisor;
        for (int i = 0; i < InputCount; i++)
        {
            if (!pass.Needs(Input(i)))
                continue;
            var share = Input(i).New(Input(i).Shape);
            share.Backend.LossDerivative(loss, i, scale, share);
            pass.Add(Input(i), share);
        }
    }

    internal override Tensor? PushForward(TangentPass pass)
    {
        var result = Input(0).New([pass.Count]);
        for (int k = 0; k < pass.Count; k++)
        {
            var tangents = Tangents(pass, k);
            result.SetElement(k, result.Backend.LossTangent(loss, tangents) / loss.Divisor);
            Release(tangents);
        }

        return result;
    }

    internal override void BackwardTangent(Tensor? gradient, Tensor? gradientTangent, TangentPass pass)
    {
        bool moves = Array.Exists(loss.Inputs, input => pass.Of(input) is not null);
        if (gradientTangent is null && !moves)
            return;
        double scale = moves ? gradient!.ElementAsDouble(0) / loss.Divisor : 0;
        for (int i = 0; i < InputCount; i++)
        {
            if (!pass.Needs(Input(i)))
                continue;
            var share = pass.New(Input(i));
            for (int k = 0; k < pass.Count; k++)
            {
                using var to = share.Entry(k);
                var tangents = Tangents(pass, k);
                to.Backend.LossDerivativeTangent(loss, i, tangents, scale, gradientTangent?.ElementAsDouble(k) / loss.Divisor, to);
                Release(tangents);
            }

            pass.Add(Input(i), share);
        }
    }

    private Tensor?[] Tangents(TangentPass pass, int index) => Array.ConvertAll(loss.Inputs, input => pass.Of(input)?.Entry(index));

    private static void Release(Tensor?[] tangents)
    {
        foreach (var tangent in tangents)
            tangent?.Dispose();
    }
}
