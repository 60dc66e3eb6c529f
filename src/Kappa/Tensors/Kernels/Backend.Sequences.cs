namespace Kappa.Tensors.Kernels;

/// <content>Softmax, and normalised rows.</content>
internal abstract partial class Backend
{
    /// <summary>Softmax, or its logarithm, over the last axis; x seen as [rows, length].</summary>
    internal virtual void Softmax(bool logarithm, Tensor x, int rows, int length, Tensor result)
    {
        using var _ = Composed.Begin();
        var shifted = x.Alias([rows, length]);
        shifted -= shifted.Max(1, keepAxis: true);
        var exponentials = shifted.Exp();
        var sums = exponentials.Sum(1, keepAxis: true);
        Put(logarithm ? shifted - sums.Log() : exponentials / sums, result);
    }

    /// <summary>The derivative of the above: result from y (the output) and the gradient at it.</summary>
    internal virtual void SoftmaxDerivative(bool logarithm, Tensor y, Tensor gradient, int rows, int length, Tensor result)
    {
        using var _ = Composed.Begin();
        var (output, atOutput) = (y.Alias([rows, length]), gradient.Alias([rows, length]));
        Put(logarithm ? atOutput - (output.Exp() * atOutput.Sum(1, keepAxis: true)) : Centred(output, atOutput), result);
    }

    /// <summary>How the logarithm of softmax changes along a tangent: result = tangent - sum(exp(y) tangent).</summary>
    internal virtual void LogSoftmaxTangent(Tensor y, Tensor tangent, int rows, int length, Tensor result)
    {
        using var _ = Composed.Begin();
        var along = tangent.Alias([rows, length]);
        Put(along - (y.Alias([rows, length]).Exp() * along).Sum(1, keepAxis: true), result);
    }

    /// <summary>How <see cref="SoftmaxDerivative"/> changes along the tangent of y and that of the gradient, either of which may be absent.</summary>
    internal virtual void SoftmaxDerivativeTangent(
        bool logarithm, Tensor y, Tensor? outputTangent, Tensor? gradient, Tensor? gradientTangent, int rows, int length, Tensor result)
    {
        using var _ = Composed.Begin();
        Shape shape = [rows, length];
        var output = y.Alias(shape);
        var probabilities = logarithm ? output.Exp() : output;
        var sum = output.NewZeros(shape);
        if (gradientTangent?.Alias(shape) is { } change)
            sum += logarithm ? change - (probabilities * change.Sum(1, keepAxis: true)) : Centred(output, change);
        if (outputTangent?.Alias(shape) is { } moved && gradient?.Alias(shape) is { } atOutput)
        {
            sum += logarithm
                ? -(probabilities * moved * atOutput.Sum(1, keepAxis: true))
                : (moved * (atOutput - (atOutput * output).Sum(1, keepAxis: true))) - (output * (atOutput * moved).Sum(1, keepAxis: true));
        }

        Put(sum, result);
    }

    /// <summary>
    /// y = (x - mean) r by rows of so many elements, r = 1 / sqrt(mean((x - mean)^2) + epsilon), without the means when not centred. The mean and r of each row
    /// go to the statistics, [rows, 2] in Float64 whatever x is, since r need not be in the range of Float32 where y is. A device whose derivatives start from
    /// x leaves them as they are.
    /// </summary>
    internal virtual void Normalize(Tensor x, bool center, double epsilon, int length, Tensor y, Tensor statistics)
    {
        using var _ = Composed.Begin();
        int rows = statistics.Shape[0];
        var wide = Wide(x, [rows, length]);
        var mean = center ? wide.Mean(1, keepAxis: true) : wide.NewZeros([rows, 1]);
        var centred = wide - mean;
        var r = (centred.Square().Mean(1, keepAxis: true) + epsilon).Sqrt().Reciprocal();
        Put(Tensor.Concat(1, mean, r), statistics);
        Put((centred * r).To(y.DataType), y);
    }

    /// <summary>The Jacobian of the above, which is symmetric, times a gradient or a tangent; adds when asked.</summary>
    internal virtual void NormalizeDerivative(
        bool center, double epsilon, Tensor x, Tensor statistics, Tensor gradient, int length, Tensor result, bool accumulate)
    {
        using var _ = Composed.Begin();
        var (y, r) = Normalized(x, statistics, length);
        Put(Jacobian(center, y, r, Wide(gradient, y.Shape)).To(result.DataType), result, accumulate);
    }

    /// <summary>Adds how that Jacobian times a gradient changes along a tangent of x.</summary>
    internal virtual void NormalizeCurvature(
        bool center, double epsilon, Tensor x, Tensor statistics, Tensor tangent, Tensor gradient, int length, Tensor result)
    {
        using var _ = Composed.Begin();
        // h = r (g - mean(g) - y c) with c = mean(g y); dr = -r^2 mean(y t), dy = J t.
        var (y, r) = Normalized(x, statistics, length);
        var (t, g) = (Wide(tangent, y.Shape), Wide(gradient, y.Shape));
        var dr = -(r.Square() * (y * t).Mean(1, keepAxis: true));
        var dy = Jacobian(center, y, r, t);
        var c = (g * y).Mean(1, keepAxis: true);
        var dc = (g * dy).Mean(1, keepAxis: true);
        var rest = (center ? g - g.Mean(1, keepAxis: true) : g) - (y * c);
        Put(((dr * rest) - (r * ((dy * c) + (y * dc)))).To(result.DataType), result, accumulate: true);
    }

    /// <summary>Turns pairs (x[i], x[i + width / 2]) of x [..., positions, heads, width] by the angles of the position, or back. Tables are [positions or more,
    /// width / 2].</summary>
    internal virtual void Rotate(Tensor x, Tensor cosines, Tensor sines, int positions, int heads, int width, bool inverse, Tensor result)
    {
        if (x.Count == 0)
            return;
        using var _ = Composed.Begin();
        int half = width / 2;
        var all = x.Alias([x.Count / (positions * heads * width), positions, heads, width]);
        var (a, b) = (Slice(all, 3, 0, half), Slice(all, 3, half, half));
        var cosine = Slice(cosines, 0, 0, positions).Reshape([positions, 1, half]);
        var sine = Slice(sines, 0, 0, positions).Reshape([positions, 1, half]);
        if (inverse)
            sine = -sine;
        Put(Tensor.Concat(3, (a * cosine) + (b * sine), (b * cosine) - (a * sine)), result);
    }

    /// <summary>y (g - sum(g y)), by rows.</summary>
    private static Tensor Centred(Tensor y, Tensor gradient) => y * (gradient - (gradient * y).Sum(1, keepAxis: true));

    private static (Tensor Y, Tensor R) Normalized(Tensor x, Tensor statistics, int length)
    {
        int rows = statistics.Shape[0];
        var r = Slice(statistics, 1, 1, 1);
        return ((Wide(x, [rows, length]) - Slice(statistics, 1, 0, 1)) * r, r);
    }

    private static Tensor Jacobian(bool center, Tensor y, Tensor r, Tensor t) =>
        r * ((center ? t - t.Mean(1, keepAxis: true) : t) - (y * (y * t).Mean(1, keepAxis: true)));
}
