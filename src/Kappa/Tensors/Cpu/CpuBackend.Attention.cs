using System.Numerics;
using Kappa.Tensors.Cpu.Attention;
using Kappa.Tensors.Cpu.Elementwise;
using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Cpu;

/// <content>Attention. Where products on the way would overflow or vanish in single precision, though what comes of them need not, all of it is done in
/// double.</content>
internal sealed unsafe partial class CpuBackend
{
    /// <summary>How far the exponents of factors may go together: float32 has 126 below zero and 127 above, of which some are left for sums and for elements
    /// smaller than the largest.</summary>
    private const int SafeExponent = 100;

    internal override bool Attention(AttentionShape shape, Tensor q, Tensor k, Tensor v, Tensor output)
    {
        if (output.DataType == DataType.Float64)
        {
            _ = BlockwiseAttention.Forward(shape, q.Pointer<double>(), k.Pointer<double>(), v.Pointer<double>(), output.Pointer<double>());
            return false;
        }

        if (BlockwiseAttention.Forward(shape, q.Pointer<float>(), k.Pointer<float>(), v.Pointer<float>(), output.Pointer<float>()))
            return false;
        using var copies = new WideCopies();
        _ = BlockwiseAttention.Forward(shape, copies.Of(q), copies.Of(k), copies.Of(v), copies.Written(output));
        copies.WriteBack();
        return true;
    }

    internal override void AttentionDerivative(
        AttentionShape shape, bool wide, Tensor q, Tensor k, Tensor v, Tensor gradient, Tensor? gradientQ, Tensor? gradientK, Tensor? gradientV)
    {
        if (gradient.DataType == DataType.Float64)
        {
            BlockwiseAttention.Backward(
                shape, q.Pointer<double>(), k.Pointer<double>(), v.Pointer<double>(), gradient.Pointer<double>(), Of<double>(gradientQ), Of<double>(gradientK),
                Of<double>(gradientV));
            return;
        }

        if (!wide && Math.Abs(ElementRange.Exponent(gradient) + ElementRange.Exponent(v)) + BitOperations.Log2((uint)shape.Width) < SafeExponent)
        {
            BlockwiseAttention.Backward(
                shape, q.Pointer<float>(), k.Pointer<float>(), v.Pointer<float>(), gradient.Pointer<float>(), Of<float>(gradientQ), Of<float>(gradientK),
                Of<float>(gradientV));
            return;
        }

        using var copies = new WideCopies();
        BlockwiseAttention.Backward(
            shape, copies.Of(q), copies.Of(k), copies.Of(v), copies.Of(gradient), copies.Added(gradientQ), copies.Added(gradientK), copies.Added(gradientV));
        copies.WriteBack();
    }

    internal override void AttentionTangent(
        AttentionShape shape, bool wide, int count, Tensor q, Tensor k, Tensor v, Tensor? tangentQ, Tensor? tangentK, Tensor? tangentV, Tensor result)
    {
        if (result.DataType == DataType.Float64)
        {
            BlockwiseAttention.PushForward(
                shape, count, q.Pointer<double>(), k.Pointer<double>(), v.Pointer<double>(), Of<double>(tangentQ), Of<double>(tangentK), Of<double>(tangentV),
                result.Pointer<double>());
            return;
        }

        if (!wide && AreSafe(shape, [q, k, v], [tangentQ, tangentK, tangentV], []))
        {
            BlockwiseAttention.PushForward(
                shape, count, q.Pointer<float>(), k.Pointer<float>(), v.Pointer<float>(), Of<float>(tangentQ), Of<float>(tangentK), Of<float>(tangentV),
                result.Pointer<float>());
            return;
        }

        using var copies = new WideCopies();
        BlockwiseAttention.PushForward(
            shape, count, copies.Of(q), copies.Of(k), copies.Of(v), copies.Of(tangentQ), copies.Of(tangentK), copies.Of(tangentV), copies.Written(result));
        copies.WriteBack();
    }

    internal override void AttentionDerivativeTangent(AttentionDerivativeTangent arguments)
    {
        if (arguments.Q.DataType == DataType.Float64)
        {
            BlockwiseAttention.BackwardTangent(Job<double>(arguments, Of<double>, Of<double>));
            return;
        }

        var (q, k, v) = (arguments.Q, arguments.K, arguments.V);
        if (!arguments.Wide && AreSafe(
            arguments.Shape, [q, k, v], [arguments.TangentQ, arguments.TangentK, arguments.TangentV], [arguments.Gradient, arguments.GradientTangent]))
        {
            BlockwiseAttention.BackwardTangent(Job<float>(arguments, Of<float>, Of<float>));
            return;
        }

        using var copies = new WideCopies();
        BlockwiseAttention.BackwardTangent(Job<double>(arguments, copies.Of, copies.Added));
        copies.WriteBack();
    }

    private static BlockwiseAttention.BackwardTangentJob<T> Job<T>(AttentionDerivativeTangent arguments, AddressOf<T> read, AddressOf<T> added)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => new()
        {
            Shape = arguments.Shape,
            Count = arguments.Count,
            Q = read(arguments.Q),
            K = read(arguments.K),
            V = read(arguments.V),
            TangentQ = read(arguments.TangentQ),
            TangentK = read(arguments.TangentK),
            TangentV = read(arguments.TangentV),
            Gradient = read(arguments.Gradient),
            GradientTangent = read(arguments.GradientTangent),
            ResultQ = added(arguments.ResultQ),
            ResultK = added(arguments.ResultK),
            ResultV = added(arguments.ResultV),
        };

    /// <summary>Whether products of an element of each of the tangents and gradients, and of two of each of the others, stay in range, whichever of them
    /// meet.</summary>
    private static bool AreSafe(AttentionShape shape, Tensor[] inputs, Tensor?[] tangents, Tensor?[] gradients)
    {
        int sum = BitOperations.Log2((uint)shape.Width);
        sum += 2 * inputs.Sum(x => Math.Abs(ElementRange.Exponent(x)));
        sum += tangents.Max(x => Math.Abs(ElementRange.Exponent(x)));
        sum += gradients.Length == 0 ? 0 : gradients.Max(x => Math.Abs(ElementRange.Exponent(x)));
        return sum < SafeExponent;
    }

    private delegate T* AddressOf<T>(Tensor? tensor)
        where T : unmanaged;
}
