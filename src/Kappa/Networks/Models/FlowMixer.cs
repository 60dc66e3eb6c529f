using System.Globalization;
using Kappa.Networks.Activations;
using Kappa.Networks.Initializers;
using Kappa.Networks.Layers;
using Kappa.Tensors;

namespace Kappa.Networks.Models;

/// <summary>A small velocity field for flow matching on pictures: an MLP-Mixer that is told the time (Lipman and others, 2022, arXiv 2210.02747; Tolstikhin and
/// others, 2021, arXiv 2105.01601).</summary>
/// <remarks>
/// Takes <c>[batch, pixels + 1]</c>, the point and, last, the time from 0 to 1; gives the velocity <c>[batch, pixels]</c>, which starts at zero. For
/// points in the plane, an MLP behind <see cref="TimeFeatures"/> serves.
/// </remarks>
public sealed class FlowMixer : Module
{
    private readonly Linear _embedding;
    private readonly Sequential _time;
    private readonly MixerBlock[] _blocks;
    private readonly LayerNorm _norm;
    private readonly Linear _head;
    private readonly Tensor _patchOrder;
    private readonly Tensor _pixelOrder;

    /// <summary>Makes the model.</summary>
    /// <param name="options">Sizes.</param>
    /// <param name="type">The element type.</param>
    public FlowMixer(FlowMixerOptions options, DataType type = DataType.Float32)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        Options = options;
        int patch = options.PatchCount;
        _embedding = RegisterModule("embedding", new Linear(patch, options.Features, type: type));
        _time = RegisterModule("time", new Sequential(
            ("up", new Linear(2 * options.TimeFrequencies, options.Features, type: type)),
            ("activation", new SiLU()),
            ("down", new Linear(options.Features, options.Features, type: type))));
        _blocks = [.. Enumerable.Range(0, options.Layers).Select(i =>
            RegisterModule("block" + i.ToString(CultureInfo.InvariantCulture),
                new MixerBlock(options.Patches, options.Features, options.TokenHidden, options.ChannelHidden, type)))];
        _norm = RegisterModule("norm", new LayerNorm(options.Features, type: type));
        _head = RegisterModule("head", new Linear(options.Features, patch, initializer: new ScaledNormalInitializer(0), type: type));
        int[] order = PatchOrder(options);
        int[] inverse = new int[order.Length];
        for (int i = 0; i < order.Length; i++)
            inverse[order[i]] = i;
        using var outside = TensorScope.Suspend();
        _patchOrder = Tensor.From(order);
        _pixelOrder = Tensor.From(inverse);
    }

    /// <summary>What it was made with.</summary>
    public FlowMixerOptions Options { get; }

    /// <inheritdoc/>
    protected override Tensor ForwardCore(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        int pixels = Options.Count;
        if (input.Rank != 2 || input.Shape[1] != pixels + 1)
            throw new TensorShapeException($"FlowMixer: expected [batch, {pixels + 1}], the {pixels} numbers of a picture and the time; got {input.Shape}");
        int batch = input.Shape[0];
        var patches = Permuted(input.Slice(1, 0, pixels), _patchOrder).Reshape([batch, Options.Patches, Options.PatchCount]);
        var x = _embedding.Forward(patches) + _time.Forward(TimeFeatures.Of(input, Options.TimeFrequencies)).Reshape([batch, 1, Options.Features]);
        foreach (var block in _blocks)
            x = block.Forward(x);
        return Permuted(_head.Forward(_norm.Forward(x)).Reshape([batch, pixels]), _pixelOrder);
    }

    /// <inheritdoc/>
    protected override void ToCore(Device device)
    {
        _patchOrder.Relocate(device);
        _pixelOrder.Relocate(device);
    }

    /// <summary>The columns in another order.</summary>
    private static Tensor Permuted(Tensor rows, Tensor order) => rows.Transpose().Gather(order).Transpose();

    /// <summary>For each number of each patch, where it lies in a picture [channels, height, width].</summary>
    private static int[] PatchOrder(FlowMixerOptions options)
    {
        int size = options.PatchSize;
        int across = options.Width / size;
        return [.. Enumerable.Range(0, options.Count).Select(i =>
        {
            var (patch, inside) = Math.DivRem(i, options.PatchCount);
            var (channel, place) = Math.DivRem(inside, size * size);
            int row = (patch / across * size) + (place / size);
            int column = (patch % across * size) + (place % size);
            return (((channel * options.Height) + row) * options.Width) + column;
        })];
    }
}
