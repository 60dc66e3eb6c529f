using Kappa.Tensors.Cpu;

namespace Kappa.Tensors.Kernels;

/// <summary>
/// The seam between tensors and the machine: everything that touches elements in bulk goes through here, so that another
/// device can be added without touching an operation or a method. Shapes are checked by the callers.
/// </summary>
internal abstract class Backend
{
    internal static Backend Current { get; } = new GuardedBackend(new CpuBackend());

    /// <summary>result = f(x), same shape; result may be x.</summary>
    internal abstract void Unary(UnaryKernel kernel, Tensor x, Tensor result);

    /// <summary>result = gradient * f'(x), where y = f(x) is at hand; result may be gradient. Of functions of max(x, 0), x may be y itself where x was not
    /// kept.</summary>
    internal abstract void UnaryDerivative(UnaryKernel kernel, Tensor x, Tensor y, Tensor gradient, Tensor result);

    /// <summary>result = gradient * f''(x) * tangent, where y = f(x) is at hand; adds when asked. For functions that are curved. Of functions of max(x, 0), x
    /// may be y itself.</summary>
    internal abstract void UnarySecondDerivative(UnaryKernel kernel, Tensor x, Tensor y, Tensor gradient, Tensor tangent, Tensor result, bool accumulate);

    /// <summary>result = a op b with broadcasting to the shape of result; result may be an operand that has this shape.</summary>
    internal abstract void Binary(BinaryKernel kernel, Tensor a, Tensor b, Tensor result);

    /// <summary>result = scale * x + offset; result may be x.</summary>
    internal abstract void Affine(Tensor x, double scale, double offset, Tensor result);

    /// <summary>result = x / divisor, each quotient rounded once; result may be x.</summary>
    internal abstract void Divide(Tensor x, double divisor, Tensor result);

    /// <summary>Sets what is smaller in absolute value than a threshold to zero, in place; NaN stays.</summary>
    internal abstract void Flush(Tensor x, double threshold);

    /// <summary>Sums over the middle axis of x seen as [outer, length, inner], pairwise and in double precision, and divides; result is [outer, inner]. Adds to
    /// result when asked.</summary>
    internal abstract void Sum(Tensor x, int outer, int length, int inner, double divisor, Tensor result, bool accumulate);

    /// <summary>The largest along the middle axis of x seen as [outer, length, inner]; result is [outer, inner].</summary>
    internal abstract void Max(Tensor x, int outer, int length, int inner, Tensor result);

    /// <summary>c = op(a) op(b), or c += when asked, over matrices.</summary>
    internal abstract void MatMul(bool transposeA, bool transposeB, Tensor a, Tensor b, Tensor c, bool accumulate);

    /// <summary>y = f(x w^T + bias), with x [n, in], w [out, in], bias [out] or none. Where beforeActivation is given, x w^T + bias goes there as
    /// well.</summary>
    internal abstract void Linear(Tensor x, Tensor weight, Tensor? bias, UnaryKernel activation, Tensor? beforeActivation, Tensor y);

    /// <summary>y = f(x * weight + bias), a convolution; adds to y when asked, then without bias and activation. Where beforeActivation is given, x * weight +
    /// bias goes there as well.</summary>
    internal abstract void Convolution(
        in ConvolutionGeometry geometry, Tensor x, Tensor weight, Tensor? bias, UnaryKernel activation, Tensor? beforeActivation, Tensor y, bool accumulate);

    /// <summary>The gradients of x * weight + bias at those of its inputs that have a target. x is needed for that of the weight, the weight for that of
    /// x.</summary>
    internal abstract void ConvolutionGradients(
        in ConvolutionGeometry geometry, Tensor? x, Tensor? weight, Tensor gradient, GradientTarget toX, GradientTarget toWeight, GradientTarget toBias);

    /// <summary>patches[group, (batch, y, x), (in, kernel)] = what each output of a convolution reads, in the order of the weight.</summary>
    internal abstract void UnfoldPatches(in ConvolutionGeometry geometry, Tensor x, Tensor patches);

    /// <summary>y = the largest element of each window; winners = its flat index in x, the first of equals; NaN wins.</summary>
    internal abstract void MaxPool(in PoolingGeometry geometry, Tensor x, Tensor y, Tensor winners);

    /// <summary>y = the mean of each window, over kernel^2 elements, padding included.</summary>
    internal abstract void AveragePool(in PoolingGeometry geometry, Tensor x, Tensor y);

    /// <summary>The transpose of the above; adds when asked.</summary>
    internal abstract void AveragePoolDerivative(in PoolingGeometry geometry, Tensor gradient, Tensor result, bool accumulate);

    /// <summary>y = each group of consecutive channels sorted, for x [batch, channels, pixels]; order = where each element came from, as a flat index; equals
    /// keep their order.</summary>
    internal abstract void GroupSort(Tensor x, int batch, int channels, int pixels, int group, bool descending, Tensor y, Tensor order);

    /// <summary>result[i] = x[indices[i]], over all elements.</summary>
    internal abstract void Select(Tensor x, Tensor indices, Tensor result);

    /// <summary>result = zeros, or what is there when asked, and then result[indices[i]] += gradient[i], where the i of each of the blocks, of equal size,
    /// point into that block of result. Says whether indices may repeat.</summary>
    internal abstract void SelectDerivative(Tensor gradient, Tensor indices, int blocks, bool repeats, Tensor result, bool accumulate);

    /// <summary>For each channel, the sum of a - shiftA and that of (a - shiftA)(b - shiftB) over [batch, channels, pixels], in double precision. Shifts are
    /// zero where absent.</summary>
    internal abstract ChannelSums ChannelSums(Tensor a, double[]? shiftA, Tensor b, double[]? shiftB, int batch, int channels, int pixels);

    /// <summary>result = offset + the sum of up to four terms, each shift, factor and offset that of the channel, in double precision; adds when
    /// asked.</summary>
    internal abstract void ChannelCombine(
        ReadOnlySpan<ChannelTerm> terms, double[] offsets, int batch, int channels, int pixels, Tensor result, bool accumulate);

    /// <summary>Softmax, or its logarithm, over the last axis; x seen as [rows, length].</summary>
    internal abstract void Softmax(bool logarithm, Tensor x, int rows, int length, Tensor result);

    /// <summary>The derivative of the above: result from y (the output) and the gradient at it.</summary>
    internal abstract void SoftmaxDerivative(bool logarithm, Tensor y, Tensor gradient, int rows, int length, Tensor result);

    /// <summary>How the logarithm of softmax changes along a tangent: result = tangent - sum(exp(y) tangent).</summary>
    internal abstract void LogSoftmaxTangent(Tensor y, Tensor tangent, int rows, int length, Tensor result);

    /// <summary>How <see cref="SoftmaxDerivative"/> changes along the tangent of y and that of the gradient, either of which may be absent.</summary>
    internal abstract void SoftmaxDerivativeTangent(
        bool logarithm, Tensor y, Tensor? outputTangent, Tensor? gradient, Tensor? gradientTangent, int rows, int length, Tensor result);

    /// <summary>The sum over rows and classes of share (log(sum(exp(logits))) - logits), for logits [rows, classes].</summary>
    internal abstract double CrossEntropy(CrossEntropyTargets targets, Tensor logits);

    /// <summary>result = scale (the row's shares softmax(logits) - the share of each class).</summary>
    internal abstract void CrossEntropyDerivative(CrossEntropyTargets targets, Tensor logits, double scale, Tensor result);

    /// <summary>result[k] = scale, times the sum over rows and classes of share (softmax(logits) . t - t), for tangents t [K, rows, classes].</summary>
    internal abstract void CrossEntropyTangent(CrossEntropyTargets targets, Tensor logits, Tensor tangents, double scale, Tensor result);

    /// <summary>
    /// result[k] = scale shares (p t - p (p . t)) + gradientTangent[k] / weight (shares p - the share of each class), with p = softmax(logits) formed one row
    /// at a time, for tangents t [K, rows, classes] and gradientTangent [K], either of which may be absent.
    /// </summary>
    internal abstract void CrossEntropyDerivativeTangent(
        CrossEntropyTargets targets, Tensor logits, Tensor? tangents, double scale, Tensor? gradientTangent, Tensor result);

    /// <summary>The sum over elements of the weighted loss, pairwise and in double precision.</summary>
    internal abstract double LossSum(ElementLoss loss);

    /// <summary>result = scale times the weighted derivative at one of the inputs.</summary>
    internal abstract void LossDerivative(ElementLoss loss, int input, double scale, Tensor result);

    /// <summary>The sum over elements of the weighted derivatives times the tangents of the inputs, of which at least one is there.</summary>
    internal abstract double LossTangent(ElementLoss loss, Tensor?[] tangents);

    /// <summary>result = scale times how the weighted derivative at one of the inputs changes along the tangents, plus that derivative times the change, where
    /// given.</summary>
    internal abstract void LossDerivativeTangent(ElementLoss loss, int input, Tensor?[] tangents, double scale, double? change, Tensor result);

    /// <summary>
    /// y = (x - mean) r by rows of so many elements, r = 1 / sqrt(mean((x - mean)^2) + epsilon), without the means when not centred. The mean and r of each row
    /// go to the statistics, [rows, 2] in Float64 whatever x is, since r need not be in the range of Float32 where y is.
    /// </summary>
    internal abstract void Normalize(Tensor x, bool center, double epsilon, int length, Tensor y, Tensor statistics);

    /// <summary>The Jacobian of the above, which is symmetric, times a gradient or a tangent; adds when asked.</summary>
    internal abstract void NormalizeDerivative(bool center, Tensor x, Tensor statistics, Tensor gradient, int length, Tensor result, bool accumulate);

    /// <summary>Adds how that Jacobian times a gradient changes along a tangent of x.</summary>
    internal abstract void NormalizeCurvature(bool center, Tensor x, Tensor statistics, Tensor tangent, Tensor gradient, int length, Tensor result);

    /// <summary>Turns pairs (x[i], x[i + width / 2]) of x [..., positions, heads, width] by the angles of the position, or back. Tables are [positions or more,
    /// width / 2].</summary>
    internal abstract void Rotate(Tensor x, Tensor cosines, Tensor sines, int positions, int heads, int width, bool inverse, Tensor result);

    /// <summary>output = softmax(q k^T / sqrt(width)) v. Says whether scores leave the range of the element type, so that this and its derivatives take wider
    /// ones.</summary>
    internal abstract bool Attention(AttentionShape shape, Tensor q, Tensor k, Tensor v, Tensor output);

    /// <summary>A weight [out, in] as it is now, in the order in which products read it.</summary>
    internal abstract PackedWeight Pack(Tensor weight);

    /// <summary>result = x W^T for rows x, to the same bits as without packing.</summary>
    internal abstract void MultiplyPacked(Tensor x, PackedWeight weight, Tensor result);

    /// <summary>Keeps the new keys and values, and attends to all that are kept, to the same bits as <see cref="Attention"/> over whole sequences.</summary>
    internal abstract void CachedAttention(CachedAttention arguments);

    /// <summary>Adds to the gradients of q, k and v, where they are wanted.</summary>
    internal abstract void AttentionDerivative(
        AttentionShape shape, bool wide, Tensor q, Tensor k, Tensor v, Tensor gradient, Tensor? gradientQ, Tensor? gradientK, Tensor? gradientV);

    /// <summary>The tangents of the output from those of q, k and v, of which at least one is there.</summary>
    internal abstract void AttentionTangent(
        AttentionShape shape, bool wide, int count, Tensor q, Tensor k, Tensor v, Tensor? tangentQ, Tensor? tangentK, Tensor? tangentV, Tensor result);

    /// <summary>Adds how the gradients change.</summary>
    internal abstract void AttentionDerivativeTangent(AttentionDerivativeTangent arguments);

    /// <summary>The sum over all elements of (a - b)^2, pairwise and in double precision.</summary>
    internal abstract double SumOfSquaredDifferences(Tensor a, Tensor b);

    /// <summary>The sum over all elements of x^2, pairwise and in double precision.</summary>
    internal abstract double SumOfSquares(Tensor x);

    /// <summary>The sum over all elements of a b, pairwise and in double precision.</summary>
    internal abstract double Dot(Tensor a, Tensor b);

    /// <summary>result = (a - b) * scale, all of one shape, rounded once; adds when asked. One of the two may be absent, which is zero.</summary>
    internal abstract void ScaledDifference(Tensor? a, Tensor? b, double scale, Tensor result, bool accumulate);

    /// <summary>Copies a block of rows x columns elements between two row-major arrays with their own strides and starts.</summary>
    internal abstract void CopyBlock(
        Tensor source, int sourceStart, int sourceStride, Tensor destination, int destinationStart, int destinationStride, int rows, int columns);

    /// <summary>result = 1 where the answer is yes and 0 where it is no, for a and b of one type and shape.</summary>
    internal abstract void Compare(Comparison comparison, Tensor a, Tensor b, Tensor result);

    /// <summary>result = a where the condition is not 0 and b where it is, for any type; what is absent is zero.</summary>
    internal abstract void Where(Tensor condition, Tensor? a, Tensor? b, Tensor result);

    /// <summary>The place of the largest along the middle axis of x seen as [outer, length, inner], or of the smallest; the first of equals. Without
    /// NaN.</summary>
    internal abstract void ArgMax(Tensor x, int outer, int length, int inner, bool smallest, Tensor result);

    /// <summary>The k largest along the middle axis of x seen as [outer, length, inner], or the smallest, the best and the first of equals first: the elements,
    /// their places along the axis, and their flat indices, each [outer, k, inner]. Without NaN.</summary>
    internal abstract void TopK(Tensor x, int outer, int length, int inner, int k, bool smallest, Tensor values, Tensor places, Tensor indices);

    /// <summary>Sums up to and with each element along the middle axis of x seen as [outer, length, inner], or from it on, compensated and in double
    /// precision.</summary>
    internal abstract void CumulativeSum(Tensor x, int outer, int length, int inner, bool reverse, Tensor result);

    /// <summary>result[i0, i1, ...] = x[i0 strides[0] + i1 strides[1] + ...], in elements, for any type.</summary>
    internal abstract void CopyStrided(Tensor x, ReadOnlySpan<int> strides, Tensor result);

    /// <summary>result[i] = table[indices[i]], rows of so many elements.</summary>
    internal abstract void GatherRows(Tensor table, Tensor indices, int rowLength, Tensor result);

    /// <summary>table[indices[i]] += rows[i], in the order of i.</summary>
    internal abstract void ScatterAddRows(Tensor rows, Tensor indices, int rowLength, Tensor table);

    /// <summary>result[b, j, i] = x[b, i, j].</summary>
    internal abstract void Transpose(Tensor x, int batch, int rows, int columns, Tensor result);

    /// <summary>c = scale * a a^T (or a^T a when transposed), both triangles; adds when asked.</summary>
    internal abstract void SymmetricRankUpdate(bool transposed, Tensor a, Tensor c, double scale, bool accumulate);

    /// <summary>Factors a symmetric positive definite matrix in place, a = L L^T; returns -1, or the first bad pivot.</summary>
    internal abstract int CholeskyFactor(Tensor a);

    /// <summary>x = (L L^T)^-1 b; x may be b.</summary>
    internal abstract void CholeskySolveLeft(Tensor lower, Tensor b, Tensor x);

    /// <summary>x = b (L L^T)^-1; x may be b.</summary>
    internal abstract void CholeskySolveRight(Tensor lower, Tensor b, Tensor x);

    /// <summary>Does pieces of work, numbered from 0, that do not depend on each other and make no tensors: side by side where the device can.</summary>
    internal abstract void RunIndependently(int count, Action<int> work);

    /// <summary>
    /// The sum of (scale x)^2 over several tensors, some of them absent. Short runs are added up in the element type and the runs in double precision; a run of
    /// single precision whose squares overflow or vanish is added up in double precision as well.
    /// </summary>
    internal abstract double SumOfSquares(Tensor?[] tensors, double scale);

    /// <summary>The largest |x|; NaN where there is one, 0 without elements.</summary>
    internal abstract double LargestMagnitude(Tensor x);

    /// <summary>The Euclidean norm over several tensors, some of them absent, whatever their scale: NaN or infinite only where an element is, or where the norm
    /// itself is out of range.</summary>
    internal double Norm(params Tensor?[] tensors)
    {
        double sum = SumOfSquares(tensors, 1);
        // Squares of double precision lose digits beyond; a sum of zero may be one of squares that vanished.
        if (double.IsNaN(sum) || sum is > 1e-250 and < double.PositiveInfinity)
            return Math.Sqrt(sum);
        double largest = 0;
        foreach (var tensor in tensors)
            largest = Math.Max(largest, tensor is null ? 0 : LargestMagnitude(tensor));
        if (largest == 0 || !double.IsFinite(largest))
            return largest;
        double scale = Math.ScaleB(1, -Math.Clamp(Math.ILogB(largest), -1000, 1000));
        return Math.Sqrt(SumOfSquares(tensors, scale)) / scale;
    }

    /// <summary>Makes the first so many updates, in one sweep over memory.</summary>
    internal abstract void AdamW(AdamWUpdate[] updates, int count);

    /// <summary>momentum += (1 - decay)(g - momentum) for g = scale gradient; result = momentum, or g + decay (momentum - g) with nesterov.</summary>
    internal abstract void Momentum(Tensor gradient, double scale, Tensor momentum, double decay, bool nesterov, Tensor result);

    /// <inheritdoc cref="AdamW"/>
    internal abstract void Sgd(SgdUpdate[] updates, int count);

    /// <inheritdoc cref="AdamW"/>
    internal abstract void Signum(SignumUpdate[] updates, int count);

    /// <summary>x becomes its sign, element by element: -1, 0 or 1.</summary>
    internal abstract void Sign(Tensor x);

    /// <summary>secondMoment = decay secondMoment + (1 - decay) x^2; x = x / (sqrt(secondMoment) + epsilon).</summary>
    internal abstract void DivideByRootMeanSquare(Tensor x, Tensor secondMoment, double decay, double epsilon);
}
