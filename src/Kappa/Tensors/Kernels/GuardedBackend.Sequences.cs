using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Kappa.Tensors.Kernels;

/// <content>Softmax, cross-entropy and attention.</content>
internal sealed partial class GuardedBackend
{
    internal override void Softmax(bool logarithm, Tensor x, int rows, int length, Tensor result)
    {
        Reads(x, (long)rows * length);
        Writes(result, (long)rows * length);
        kernels.Softmax(logarithm, x, rows, length, result);
    }

    internal override void SoftmaxDerivative(bool logarithm, Tensor y, Tensor gradient, int rows, int length, Tensor result)
    {
        Reads(y, (long)rows * length);
        Reads(gradient, (long)rows * length);
        Writes(result, (long)rows * length);
        kernels.SoftmaxDerivative(logarithm, y, gradient, rows, length, result);
    }

    internal override void LogSoftmaxTangent(Tensor y, Tensor tangent, int rows, int length, Tensor result)
    {
        Reads(y, (long)rows * length);
        Reads(tangent, (long)rows * length);
        Writes(result, (long)rows * length);
        kernels.LogSoftmaxTangent(y, tangent, rows, length, result);
    }

    internal override void SoftmaxDerivativeTangent(
        bool logarithm, Tensor y, Tensor? outputTangent, Tensor? gradient, Tensor? gradientTangent, int rows, int length, Tensor result)
    {
        Reads(y, (long)rows * length);
        Reads(outputTangent, (long)rows * length);
        Reads(gradient, (long)rows * length);
        Reads(gradientTangent, (long)rows * length);
        Writes(result, (long)rows * length);
        kernels.SoftmaxDerivativeTangent(logarithm, y, outputTangent, gradient, gradientTangent, rows, length, result);
    }

    internal override double CrossEntropy(CrossEntropyTargets targets, Tensor logits)
    {
        Reads(targets, logits);
        return kernels.CrossEntropy(targets, logits);
    }

    internal override void CrossEntropyDerivative(CrossEntropyTargets targets, Tensor logits, double scale, Tensor result)
    {
        Reads(targets, logits);
        Writes(result, logits.Count);
        kernels.CrossEntropyDerivative(targets, logits, scale, result);
    }

    internal override void CrossEntropyTangent(CrossEntropyTargets targets, Tensor logits, Tensor tangents, double scale, Tensor result)
    {
        Reads(targets, logits);
        Reads(tangents, (long)result.Count * logits.Count);
        Writes(result, result.Count);
        kernels.CrossEntropyTangent(targets, logits, tangents, scale, result);
    }

    internal override void CrossEntropyDerivativeTangent(
        CrossEntropyTargets targets, Tensor logits, Tensor? tangents, double scale, Tensor? gradientTangent, Tensor result)
    {
        Reads(targets, logits);
        Reads(tangents, result.Count);
        Reads(gradientTangent, logits.Count == 0 ? 0 : result.Count / logits.Count);
        Writes(result, result.Count);
        kernels.CrossEntropyDerivativeTangent(targets, logits, tangents, scale, gradientTangent, result);
    }

    internal override void Rotate(Tensor x, Tensor cosines, Tensor sines, int positions, int heads, int width, bool inverse, Tensor result)
    {
        Reads(x, result.Count);
        Reads(cosines, (long)positions * (width / 2));
        Reads(sines, (long)positions * (width / 2));
        Writes(result, result.Count);
        kernels.Rotate(x, cosines, sines, positions, heads, width, inverse, result);
    }

    internal override bool Attention(AttentionShape shape, Tensor q, Tensor k, Tensor v, Tensor output)
    {
        Reads(q, shape.QuerySize);
        Reads(k, shape.KeySize);
        Reads(v, shape.KeySize);
        Writes(output, shape.QuerySize);
        return kernels.Attention(shape, q, k, v, output);
    }

    internal override PackedWeight Pack(Tensor weight)
    {
        Reads(weight, weight.Count);
        return kernels.Pack(weight);
    }

    internal override void MultiplyPacked(Tensor x, PackedWeight weight, Tensor result)
    {
        Reads(x, (long)result.Shape[0] * weight.Depth);
        Writes(result, (long)result.Shape[0] * weight.Columns);
        kernels.MultiplyPacked(x, weight, result);
    }

    internal override void CachedAttention(CachedAttention arguments)
    {
        long queries = (long)arguments.Count * arguments.QueryWidth, keys = (long)arguments.Count * arguments.KeyWidth;
        Reads(arguments.Query, queries);
        Reads(arguments.Key, keys);
        Reads(arguments.Value, keys);
        Writes(arguments.Keys, keys);
        Writes(arguments.Values, keys);
        Writes(arguments.Output, queries);
        kernels.CachedAttention(arguments);
    }

    internal override void AttentionDerivative(
        AttentionShape shape, bool wide, Tensor q, Tensor k, Tensor v, Tensor gradient, Tensor? gradientQ, Tensor? gradientK, Tensor? gradientV)
    {
        Reads(q, shape.QuerySize);
        Reads(k, shape.KeySize);
        Reads(v, shape.KeySize);
        Reads(gradient, shape.QuerySize);
        Writes(gradientQ, shape.QuerySize);
        Writes(gradientK, shape.KeySize);
        Writes(gradientV, shape.KeySize);
        kernels.AttentionDerivative(shape, wide, q, k, v, gradient, gradientQ, gradientK, gradientV);
    }

    internal override void AttentionTangent(
        AttentionShape shape, bool wide, int count, Tensor q, Tensor k, Tensor v, Tensor? tangentQ, Tensor? tangentK, Tensor? tangentV, Tensor result)
    {
        Reads(q, shape.QuerySize);
        Reads(k, shape.KeySize);
        Reads(v, shape.KeySize);
        Reads(tangentQ, count * shape.QuerySize);
        Reads(tangentK, count * shape.KeySize);
        Reads(tangentV, count * shape.KeySize);
        Writes(result, count * shape.QuerySize);
        kernels.AttentionTangent(shape, wide, count, q, k, v, tangentQ, tangentK, tangentV, result);
    }

    internal override void AttentionDerivativeTangent(AttentionDerivativeTangent arguments)
    {
        var (shape, count) = (arguments.Shape, arguments.Count);
        Reads(arguments.Q, shape.QuerySize);
        Reads(arguments.K, shape.KeySize);
        Reads(arguments.V, shape.KeySize);
        Reads(arguments.TangentQ, count * shape.QuerySize);
        Reads(arguments.TangentK, count * shape.KeySize);
        Reads(arguments.TangentV, count * shape.KeySize);
        Reads(arguments.Gradient, shape.QuerySize);
        Reads(arguments.GradientTangent, count * shape.QuerySize);
        Writes(arguments.ResultQ, count * shape.QuerySize);
        Writes(arguments.ResultK, count * shape.KeySize);
        Writes(arguments.ResultV, count * shape.KeySize);
        kernels.AttentionDerivativeTangent(arguments);
    }

    /// <summary>A row of logits for each label, and labels that are classes where they count.</summary>
    private void Reads(CrossEntropyTargets targets, Tensor logits, [CallerMemberName] string kernel = "")
    {
        Reads(targets.Labels, targets.Labels.Count, kernel);
        Reads(logits, (long)targets.Labels.Count * logits.Shape[1], kernel);
        AreClasses(targets, logits);
    }

    [Conditional("DEBUG")]
    private static void AreClasses(CrossEntropyTargets targets, Tensor logits)
    {
        foreach (int label in targets.Labels.ToArray<int>())
            Debug.Assert(!targets.Counts(label) || (uint)label < (uint)logits.Shape[1], $"a kernel would pick class {label} of {logits.Shape[1]}");
    }
}
