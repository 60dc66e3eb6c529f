using Kappa.Networks;
using Kappa.Networks.Layers;
using Kappa.Tensors;

namespace Kappa.Rescaling;

/// <summary>The input of ones that a network is run on once.</summary>
internal static class ExampleInput
{
    internal static Tensor Create(Module model, RescalingOptions options)
    {
        var parameters = model.Parameters();
        if (parameters.Count == 0)
            throw new NotRescalableException("the model has no parameters, so there is nothing to rescale");
        var first = model.Modules().Select(entry => entry.Module).FirstOrDefault(module => module is Linear or Conv2d or BatchNorm or Embedding);
        if (first is Embedding)
            return Tensor.Zeros([1, .. options.InputShape ?? [2]], DataType.Int32);
        int[] shape = options.InputShape is { } given ? [.. given] : first switch
        {
            Linear linear => [linear.InputSize],
            BatchNorm1d norm => [norm.Channels],
            Conv2d convolution => throw new ArgumentException(
                $"the model begins with a convolution of {convolution.InputChannels} channels, which takes images of any size: give the shape of one image as RescalingOptions.InputShape, such as [{convolution.InputChannels}, 32, 32]",
                nameof(options)),
            _ => throw new ArgumentException(
                $"the shape of the model's input cannot be read off its first layer ({first?.GetType().Name ?? model.GetType().Name}): give the shape of one input, without the batch, as RescalingOptions.InputShape", nameof(options)),
        };
        var input = Tensor.Ones([1, .. shape], parameters[0].Tensor.DataType);
        input.RequiresGradient = true;
        return input;
    }
}
