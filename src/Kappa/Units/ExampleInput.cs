using Kappa.Networks;
using Kappa.Networks.Layers;
using Kappa.Tensors;

namespace Kappa.Units;

/// <summary>The input of ones that a network is run on once.</summary>
internal static class ExampleInput
{
    private const int LargestSide = 64;

    /// <summary>Makes it.</summary>
    /// <param name="model">The model.</param>
    /// <param name="inputShape">The shape of one input, without the batch; null to read it off the first layer.</param>
    /// <param name="setting">Where it is given, such as <c>RescalingOptions.InputShape</c>.</param>
    internal static Tensor Create(Module model, IReadOnlyList<int>? inputShape, string setting)
    {
        if (model.ExampleOfInput(inputShape, setting) is { } known)
        {
            Shape whole = [1, .. known.Shape.ToArray()];
            var device = model.Parameters() is [var any, ..] ? any.Tensor.Device : Device.Cpu;
            if (!known.Type.IsFloating())
                return Tensor.Zeros(whole, known.Type, device);
            var ones = Tensor.Ones(whole, known.Type, device);
            ones.RequiresGradient = true;
            return ones;
        }

        var first = First(model);
        if (first is Embedding)
            return Tensor.Zeros([1, .. inputShape ?? [2]], DataType.Int32, model.Parameters()[0].Tensor.Device);
        int[] shape = inputShape is not null ? [.. inputShape] : first switch
        {
            Linear linear => [linear.InputSize],
            BatchNorm1d norm => [norm.Channels],
            Conv2d convolution => throw new ArgumentException(
                $"the model begins with a convolution of {convolution.InputChannels} channels, which takes images of any size: "
                + $"give the shape of one image as {setting}, such as [{convolution.InputChannels}, 32, 32]", nameof(inputShape)),
            _ => throw new ArgumentException(
                $"the shape of the model's input cannot be read off its first layer ({first?.GetType().Name ?? model.GetType().Name}): "
                + $"give the shape of one input, without the batch, as {setting}", nameof(inputShape)),
        };
        var input = model.Parameters() is [var weight, ..]
            ? Tensor.Ones([1, .. shape], weight.Tensor.DataType, weight.Tensor.Device)
            : Tensor.Ones([1, .. shape]);
        input.RequiresGradient = true;
        return input;
    }

    /// <summary>The shape of the smallest square picture that a model takes which begins with a convolution: which units it has does not depend on the size.
    /// Null for any other.</summary>
    /// <param name="model">The model.</param>
    internal static IReadOnlyList<int>? SmallestPicture(Module model)
    {
        if (First(model) is not Conv2d convolution)
            return null;
        using var quiet = NoGradient.Begin();
        for (int side = 1; side <= LargestSide; side++)
        {
            using var scope = TensorScope.Begin();
            int[] shape = [convolution.InputChannels, side, side];
            try
            {
                _ = RecordedGraph.Evaluate(model, Tensor.Ones([1, .. shape], convolution.Weight.DataType, convolution.Weight.Device));
                return shape;
            }
            catch (TensorShapeException)
            {
                // Too small, or not as many pixels as a layer behind it takes.
            }
        }

        return null;
    }

    private static Module? First(Module model) =>
        model.Modules().Select(entry => entry.Module).FirstOrDefault(module => module is Linear or Conv2d or BatchNorm or Embedding);
}
