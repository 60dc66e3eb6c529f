using Kappa.LinearAlgebra.Arithmetic;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.TorchSharp.Sharing;

/// <summary>The uses of a weight whose share E^T Z of the gradient its observer forms itself, though libtorch has formed it too.</summary>
/// <remarks>
/// What libtorch holds may be another thing by then: clipped, or with a share that came from elsewhere. A product with random signs r tells, for a vector's
/// cost: G r against the sum of E^T (Z r).
/// </remarks>
internal sealed class KeptShare(string weight)
{
    private readonly List<(WeightUse Use, Tensor Product)> _uses = [];
    private Tensor? _signs;

    internal bool Any => _uses.Count > 0;

    internal void Add(WeightUse use)
    {
        using var outside = TensorScope.Suspend();
        var kept = use switch
        {
            LinearUse linear => new LinearUse(use.Weight, Keep(linear.Input), Keep(linear.OutputGradient)),
            ConvolutionUse convolution => (WeightUse)new ConvolutionUse(
                convolution.Geometry, use.Weight, Keep(convolution.Input), Keep(convolution.OutputGradient)),
            _ => use,
        };
        _uses.Add((kept, Product(kept, out _)));
    }

    internal void Clear()
    {
        foreach (var (use, product) in _uses)
        {
            product.Dispose();
            if (use is LinearUse linear)
            {
                linear.Input.Dispose();
                linear.OutputGradient.Dispose();
            }
            else if (use is ConvolutionUse convolution)
            {
                convolution.Input.Dispose();
                convolution.OutputGradient.Dispose();
            }
        }

        _uses.Clear();
    }

    /// <summary>Compares the gradient with the uses. Where it holds more than they give, their share is taken off it.</summary>
    /// <param name="gradient">G as a matrix, <c>[out, in]</c>.</param>
    /// <returns>Whether the gradient holds a share of others, and what the share of the uses was multiplied by since.</returns>
    /// <exception cref="InvalidOperationException">An input has changed since the backward pass.</exception>
    internal (bool HoldsShare, double Scale) Compare(Tensor gradient)
    {
        using var scope = TensorScope.Begin();
        var expected = gradient.NewZeros([gradient.Shape[0], 1]);
        double bound = 0;
        foreach (var (use, before) in _uses)
        {
            var product = Product(use, out double size);
            RequireUnchanged(before, product);
            bound += size;
            BlockArithmetic.AddScaled(product, 1, expected);
        }

        var actual = gradient.New([gradient.Shape[0], 1]);
        actual.Backend.MatMul(false, false, gradient, Signs(gradient), actual, accumulate: false);
        double tolerance = (gradient.DataType == DataType.Float32 ? 1e-6 : 2e-15) * bound;
        if (BlockArithmetic.Distance(actual, expected) <= tolerance)
            return (false, 1);
        double squared = BlockArithmetic.SquaredNorm(expected);
        double ratio = squared == 0 ? 1 : BlockArithmetic.Dot(actual, expected) / squared;
        BlockArithmetic.AddScaled(expected, -ratio, actual);
        if (ratio > 0 && BlockArithmetic.Norm(actual) <= tolerance * Math.Max(1, ratio))
            return (false, ratio);
        foreach (var (use, _) in _uses)
        {
            var (input, output) = Matrices(use);
            var share = gradient.New(gradient.Shape);
            share.Backend.MatMul(true, false, output, input, share, accumulate: false);
            BlockArithmetic.AddScaled(share, -1, gradient);
        }

        return (true, 1);
    }

    private static Tensor Keep(Tensor tensor) => tensor.Alias(tensor.Shape);

    private static (Tensor Input, Tensor OutputGradient) Matrices(WeightUse use) => use switch
    {
        LinearUse linear => (linear.Input, linear.OutputGradient),
        ConvolutionUse convolution => (convolution.Patches(), convolution.OutputGradients()),
        _ => throw new NotSupportedException($"{use.GetType().Name} has no share of its own"),
    };

    /// <summary>E^T (Z r), and the product of the norms of E and Z, by which its rounding is judged.</summary>
    private Tensor Product(WeightUse use, out double size)
    {
        var result = use.Weight.New([use.Weight.Shape[0], 1]);
        using var scope = TensorScope.Begin();
        var (input, output) = Matrices(use);
        var along = input.New([input.Shape[0], 1]);
        along.Backend.MatMul(false, false, input, Signs(input), along, accumulate: false);
        result.Backend.MatMul(true, false, output, along, result, accumulate: false);
        size = BlockArithmetic.Norm(input) * BlockArithmetic.Norm(output);
        return result;
    }

    private Tensor Signs(Tensor like)
    {
        if (_signs is not null)
            return _signs;
        using var outside = TensorScope.Suspend();
        using var row = RandomSigns.Draw(1, like.Shape[1], like.DataType, like.Device, new Philox(17).Split(weight));
        return _signs = row.Alias([like.Shape[1], 1]);
    }

    private void RequireUnchanged(Tensor before, Tensor after)
    {
        using var difference = before.Clone();
        BlockArithmetic.AddScaled(after, -1, difference);
        if (BlockArithmetic.SquaredNorm(difference) != 0)
        {
            throw new InvalidOperationException(
                $"DoPr: the input of {weight}, or its output gradient, has changed between backward() and step(), and the gradient is formed from it. Take the "
                + "step before the buffer is filled anew, or set Form to Primal");
        }
    }
}
