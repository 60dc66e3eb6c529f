using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.TorchSharp.Kernels;
using TorchSharp;
using Modules = TorchSharp.Modules;

namespace Kappa.TorchSharp.Sharing;

/// <summary>Layers of TorchSharp that Kappa has too, with the same settings and without the weights.</summary>
internal static class LayerTranslation
{
    /// <summary>The layer of Kappa's; null where there is none.</summary>
    internal static Module? Of(torch.nn.Module module) => module switch
    {
        Modules.Linear linear => new Linear(
            Int(linear.weight.shape[1]), Int(linear.weight.shape[0]), linear.bias is not null, type: TorchTypes.TypeOf(linear.weight.dtype)),
        Modules.Conv2d convolution => OfConvolution(convolution),
        Modules.Embedding { weight: { } table } => new Embedding(Int(table.shape[0]), Int(table.shape[1]), type: TorchTypes.TypeOf(table.dtype)),
        Modules.BatchNorm1d { running_mean: not null } norm => new BatchNorm1d(
            Int(norm.num_features), norm.affine, norm.eps, norm.momentum ?? 0, TorchTypes.TypeOf(norm.running_mean.dtype)),
        Modules.BatchNorm2d { running_mean: not null } norm => new BatchNorm2d(
            Int(norm.num_features), norm.affine, norm.eps, norm.momentum ?? 0, TorchTypes.TypeOf(norm.running_mean.dtype)),
        Modules.LayerNorm { normalized_shape.Length: 1 } norm when norm.weight is null == norm.bias is null => new LayerNorm(
            Int(norm.normalized_shape[0]), norm.weight is not null, norm.eps, norm.weight is { } scale ? TorchTypes.TypeOf(scale.dtype) : default),
        Modules.ReLU => new ReLU(),
        Modules.LeakyReLU leaky => new LeakyReLU(leaky.negative_slope),
        Modules.PReLU slopes => new PReLU(Int(slopes.num_parameters), TorchTypes.TypeOf(slopes.weight.dtype)),
        Modules.GELU { approximate: Modules.GELU.Approximate.none } => new GELU(),
        Modules.SiLU => new SiLU(),
        Modules.Tanh => new Tanh(),
        Modules.Sigmoid => new Sigmoid(),
        Modules.Flatten { start_dim: 1, end_dim: -1 } => new Flatten(),
        Modules.Identity => new Sequential(Array.Empty<Module>()),
        Modules.Dropout { p: < 1 } dropout => new Dropout(dropout.p),
        Modules.MaxPool2d { ceil_mode: false } pool when IsSquare(pool.kernel_size, pool.stride, pool.padding) && IsAll(pool.dilation, 1) =>
            new MaxPool2d(Int(pool.kernel_size[0]), Int(pool.stride?[0] ?? 0), Int(pool.padding?[0] ?? 0)),
        Modules.AvgPool2d { ceil_mode: false, divisor_override: null } pool
            when IsSquare(pool.kernel_size, pool.stride, pool.padding) && IsAll(pool.padding, 0) =>
            new AvgPool2d(Int(pool.kernel_size[0]), Int(pool.stride?[0] ?? 0)),
        Modules.AdaptiveAvgPool2d pool when IsAll(pool.output_size, 1) => new Sequential(new GlobalAvgPool2d()),
        _ => null,
    };

    private static Conv2d? OfConvolution(Modules.Conv2d convolution) =>
        !convolution.transposed && convolution.padding_mode == PaddingModes.Zeros && convolution.padding is { } padding
        && IsSquare(convolution.kernel_size, convolution.stride, convolution.dilation) && IsSquare(padding)
            ? new Conv2d(
                Int(convolution.in_channels), Int(convolution.out_channels), Int(convolution.kernel_size[0]), Int(convolution.stride[0]), Int(padding[0]),
                Int(convolution.dilation[0]), Int(convolution.groups), convolution.bias is not null, type: TorchTypes.TypeOf(convolution.weight.dtype))
            : null;

    private static bool IsSquare(params long[]?[] settings) => Array.TrueForAll(settings, setting => setting is null || IsAll(setting, setting[0]));

    private static bool IsAll(long[]? setting, long value) => setting is null || Array.TrueForAll(setting, length => length == value);

    private static int Int(long length) => checked((int)length);
}
