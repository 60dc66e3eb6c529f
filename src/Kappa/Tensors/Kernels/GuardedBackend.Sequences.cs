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

    internal override void SoftmaxDerivativeTangent(bool logarithm, Tensor y, Tensor? outputTangent, Tensor? gradient, Tensor? gradientTangent, int rows, int length, Tensor result)
    {
        Reads(y, (long)rows * length);
        Reads(outputTangent, (long)rows * length);
        Reads(gradient, (long)rows * length);
        Reads(gradientTangent, (long)rows * length);
        Writes(result, (long)rows * length);
        kernels.SoftmaxDerivativeTangent(logarithm, y, outputTangent, gradient, gradientTangent, rows, length, result);
    }

    internal override void CrossEntropy(Tensor logits, Tensor labels, Tensor logSum, Tensor losses)
    {
        Picks(labels, labels.Count, logits.Shape[1]);
        Reads(logits, (long)labels.Count * logits.Shape[1]);
        Writes(logSum, labels.Count);
        Writes(losses, labels.Count);
        kernels.CrossEntropy(logits, labels, logSum, losses);
    }

    internal override void CrossEntropyDerivative(Tensor logits, Tensor labels, Tensor logSum, double scale, Tensor result)
    {
        Picks(labels, labels.Count, logits.Shape[1]);
        Reads(logits, (long)labels.Count * logits.Shape[1]);
        Reads(logSum, labels.Count);
        Writes(result, (long)labels.Count * logits.Shape[1]);
        kernels.CrossEntropyDerivative(logits, labels, logSum, scale, result);
    }

    internal override void CrossEntropyTangent(Tensor logits, Tensor labels, Tensor logSum, Tensor tangents, double scale, Tensor result)
    {
        Picks(labels, labels.Count, logits.Shape[1]);
        Reads(logits, (long)labels.Count * logits.Shape[1]);
        Reads(logSum, labels.Count);
        Reads(tangents, (long)result.Count * labels.Count * logits.Shape[1]);
        Writes(result, result.Count);
        kernels.CrossEntropyTangent(logits, labels, logSum, tangents, scale, result);
    }

    internal override void CrossEntropyDerivativeTangent(Tensor logits, Tensor labels, Tensor logSum, Tensor? tangents, double scale, Tensor? gradientTangent, Tensor result)
    {
        Picks(labels, labels.Count, logits.Shape[1]);
        Reads(logits, (long)labels.Count * logits.Shape[1]);
        Reads(logSum, labels.Count);
        Reads(tangents, result.Count);
        Reads(gradientTangent, labels.Count == 0 ? 0 : result.Count / ((long)labels.Count * logits.Shape[1]));
        Writes(result, result.Count);
        kernels.CrossEntropyDerivativeTangent(logits, labels, logSum, tangents, scale, gradientTangent, result);
    }

    internal override void Rotate(Tensor x, Tensor cosines, Tensor sines, int positions, int heads, int width, bool inverse, Tensor result)
    {
        Reads(x, result.Count);
        Reads(cosines, (long)positions * (width / 2));
        Reads(sines, (long)positions * (width / 2));
        Writes(result, result.Count);
        kernels.Rotate(x, cosines, sines, positions, heads, width, inverse, result);
    }

    internal override void Attention(AttentionShape shape, Tensor q, Tensor k, Tensor v, Tensor logSums, Tensor output)
    {
        Reads(q, shape.QuerySize);
        Reads(k, shape.KeySize);
        Reads(v, shape.KeySize);
        Writes(logSums, RowCount(shape));
        Writes(output, shape.QuerySize);
        kernels.Attention(shape, q, k, v, logSums, output);
    }

    internal override void AttentionDerivative(AttentionShape shape, Tensor q, Tensor k, Tensor v, Tensor logSums, Tensor gradient, Tensor? gradientQ, Tensor? gradientK, Tensor? gradientV)
    {
        Reads(q, shape.QuerySize);
        Reads(k, shape.KeySize);
        Reads(v, shape.KeySize);
        Reads(logSums, RowCount(shape));
        Reads(gradient, shape.QuerySize);
        Writes(gradientQ, shape.QuerySize);
        Writes(gradientK, shape.KeySize);
        Writes(gradientV, shape.KeySize);
        kernels.AttentionDerivative(shape, q, k, v, logSums, gradient, gradientQ, gradientK, gradientV);
    }

    internal override void AttentionTangent(AttentionShape shape, int count, Tensor q, Tensor k, Tensor v, Tensor logSums, Tensor? tangentQ, Tensor? tangentK, Tensor? tangentV, Tensor result)
    {
        Reads(q, shape.QuerySize);
        Reads(k, shape.KeySize);
        Reads(v, shape.KeySize);
        Reads(logSums, RowCount(shape));
        Reads(tangentQ, count * shape.QuerySize);
        Reads(tangentK, count * shape.KeySize);
        Reads(tangentV, count * shape.KeySize);
        Writes(result, count * shape.QuerySize);
        kernels.AttentionTangent(shape, count, q, k, v, logSums, tangentQ, tangentK, tangentV, result);
    }

    internal override void AttentionDerivativeTangent(AttentionDerivativeTangent arguments)
    {
        var (shape, count) = (arguments.Shape, arguments.Count);
        Reads(arguments.Q, shape.QuerySize);
        Reads(arguments.K, shape.KeySize);
        Reads(arguments.V, shape.KeySize);
        Reads(arguments.LogSums, RowCount(shape));
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

    private static long RowCount(AttentionShape shape) => (long)shape.Batch * shape.Heads * shape.Queries;
}
