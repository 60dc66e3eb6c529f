using System.Numerics;
using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Cpu;

/// <content>Attention.</content>
internal sealed unsafe partial class CpuBackend
{
    internal override void Attention(AttentionShape shape, Tensor q, Tensor k, Tensor v, Tensor logSums, Tensor output)
    {
        if (output.DataType == DataType.Float32)
            Cpu.Attention.Forward(shape, q.Pointer<float>(), k.Pointer<float>(), v.Pointer<float>(), logSums.Pointer<float>(), output.Pointer<float>());
        else
            Cpu.Attention.Forward(shape, q.Pointer<double>(), k.Pointer<double>(), v.Pointer<double>(), logSums.Pointer<double>(), output.Pointer<double>());
    }

    internal override void AttentionDerivative(AttentionShape shape, Tensor q, Tensor k, Tensor v, Tensor logSums, Tensor gradient, Tensor? gradientQ, Tensor? gradientK, Tensor? gradientV)
    {
        if (gradient.DataType == DataType.Float32)
            AttentionDerivative<float>(shape, q, k, v, logSums, gradient, gradientQ, gradientK, gradientV);
        else
            AttentionDerivative<double>(shape, q, k, v, logSums, gradient, gradientQ, gradientK, gradientV);
    }

    internal override void AttentionTangent(AttentionShape shape, int count, Tensor q, Tensor k, Tensor v, Tensor logSums, Tensor? tangentQ, Tensor? tangentK, Tensor? tangentV, Tensor result)
    {
        if (result.DataType == DataType.Float32)
            AttentionTangent<float>(shape, count, q, k, v, logSums, tangentQ, tangentK, tangentV, result);
        else
            AttentionTangent<double>(shape, count, q, k, v, logSums, tangentQ, tangentK, tangentV, result);
    }

    internal override void AttentionDerivativeTangent(AttentionDerivativeTangent arguments)
    {
        if (arguments.Q.DataType == DataType.Float32)
            AttentionDerivativeTangent<float>(arguments);
        else
            AttentionDerivativeTangent<double>(arguments);
    }

    private static void AttentionDerivative<T>(AttentionShape shape, Tensor q, Tensor k, Tensor v, Tensor logSums, Tensor gradient, Tensor? gradientQ, Tensor? gradientK, Tensor? gradientV)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Cpu.Attention.Backward(
            shape, q.Pointer<T>(), k.Pointer<T>(), v.Pointer<T>(), logSums.Pointer<T>(), gradient.Pointer<T>(), Of<T>(gradientQ), Of<T>(gradientK), Of<T>(gradientV));

    private static void AttentionTangent<T>(AttentionShape shape, int count, Tensor q, Tensor k, Tensor v, Tensor logSums, Tensor? tangentQ, Tensor? tangentK, Tensor? tangentV, Tensor result)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Cpu.Attention.PushForward(
            shape, count, q.Pointer<T>(), k.Pointer<T>(), v.Pointer<T>(), logSums.Pointer<T>(), Of<T>(tangentQ), Of<T>(tangentK), Of<T>(tangentV), result.Pointer<T>());

    private static void AttentionDerivativeTangent<T>(AttentionDerivativeTangent arguments)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Cpu.Attention.BackwardTangent(new Attention.BackwardTangentJob<T>
        {
            Shape = arguments.Shape,
            Count = arguments.Count,
            Q = arguments.Q.Pointer<T>(),
            K = arguments.K.Pointer<T>(),
            V = arguments.V.Pointer<T>(),
            LogSums = arguments.LogSums.Pointer<T>(),
            TangentQ = Of<T>(arguments.TangentQ),
            TangentK = Of<T>(arguments.TangentK),
            TangentV = Of<T>(arguments.TangentV),
            Gradient = Of<T>(arguments.Gradient),
            GradientTangent = Of<T>(arguments.GradientTangent),
            ResultQ = Of<T>(arguments.ResultQ),
            ResultK = Of<T>(arguments.ResultK),
            ResultV = Of<T>(arguments.ResultV),
        });
}
