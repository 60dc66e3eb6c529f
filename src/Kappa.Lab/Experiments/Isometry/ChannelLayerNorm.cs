namespace Kappa.Lab.Experiments.Isometry;

/// <summary>Layer normalisation of <c>[batch, channels, height, width]</c> over all but the batch, without parameters.</summary>
internal sealed class ChannelLayerNorm : Module
{
    protected override Tensor ForwardCore(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        int rows = input.Shape[0];
        return input.Reshape([rows, input.Count / rows]).LayerNorm().Reshape(input.Shape);
    }
}
