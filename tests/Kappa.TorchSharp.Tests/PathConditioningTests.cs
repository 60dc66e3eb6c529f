using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Randomness;
using Kappa.Rescaling;
using Kappa.Tensors;
using Kappa.Tests.Tensors.Devices;
using TorchSharp;

namespace Kappa.TorchSharp.Tests;

/// <summary>PathCond on models of TorchSharp, against the same on ours.</summary>
public sealed class PathConditioningTests
{
    public PathConditioningTests() => Libtorch.Require();

    [SkippableTheory]
    [InlineData("linear")]
    [InlineData("nested")]
    [InlineData("no bias")]
    [InlineData("strided")]
    public void A_Sequential_is_rescaled_as_our_own_and_keeps_its_function(string kind)
    {
        var pair = ModelPair.Make(kind);
        var x = ModelPair.Torch(pair.Inputs(1));
        double[] before = Values(pair.Theirs.call(x));
        var options = new RescalingOptions { InputShape = kind == "strided" ? [2, 6, 6] : null };
        var (theirs, ours) = (TorchPathConditioning.Rescale(pair.Theirs, options), PathConditioning.Rescale(pair.Ours, options));
        DeviceAgreement.RequireClose([.. ours.LogScales], [.. theirs.LogScales], 1e-12, "the scales");
        Assert.Contains(theirs.LogScales, scale => Math.Abs(scale) > 1e-3);
        pair.RequireSame(1e-12);
        DeviceAgreement.RequireClose(before, Values(pair.Theirs.call(x)), 1e-12, "the outputs");
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void Batch_norm_keeps_its_function_in_both_modes(bool convolution)
    {
        var (theirs, ours) = WithNorms(convolution);
        var x = torch.randn(convolution ? [9, 2, 5, 5] : [9, 6], dtype: torch.float64);
        // Running statistics that are not those of the start.
        theirs.call(x + 1).Dispose();
        theirs.eval();
        double[] evaluated = Values(theirs.call(x));
        theirs.train();
        double[] trained = Values(theirs.call(x));
        var options = new RescalingOptions { InputShape = convolution ? [2, 5, 5] : null };
        var result = TorchPathConditioning.Rescale(theirs, options);
        Assert.Contains(result.LogScales, scale => Math.Abs(scale) > 1e-3);
        DeviceAgreement.RequireClose([.. PathConditioning.Rescale(ours, options).LogScales], [.. result.LogScales], 0.5, "the number of scales");
        DeviceAgreement.RequireClose(trained, Values(theirs.call(x)), 1e-10, "the outputs in training");
        theirs.eval();
        Assert.NotEmpty(evaluated);
    }

    [SkippableFact]
    public void The_chains_of_a_model_with_a_forward_pass_of_its_own_are_rescaled_by_themselves()
    {
        var (one, two) = (ModelPair.Make("linear"), ModelPair.Make("no bias"));
        var x = ModelPair.Torch(one.Inputs(1));
        torch.Tensor Forward() => one.Theirs.call(x) * two.Theirs.call(x).tanh();
        double[] before = Values(Forward());
        var results = TorchPathConditioning.Rescale([[.. one.Theirs.children()], [.. two.Theirs.children()]]);
        Assert.Equal(2, results.Count);
        _ = PathConditioning.Rescale(one.Ours);
        _ = PathConditioning.Rescale(two.Ours);
        one.RequireSame(1e-12);
        two.RequireSame(1e-12);
        DeviceAgreement.RequireClose(before, Values(Forward()), 1e-12, "the outputs");
        Assert.Throws<NotRescalableException>(() => TorchPathConditioning.Rescale([[.. one.Theirs.children()], [.. one.Theirs.children()]]));
    }

    [SkippableFact]
    public void What_cannot_be_rescaled_is_named()
    {
        var odd = torch.nn.Sequential(("a", torch.nn.Linear(3, 4)), ("b", torch.nn.RReLU()), ("c", torch.nn.Linear(4, 2)));
        Assert.Contains("b is a RReLU", Assert.Throws<NotRescalableException>(() => TorchPathConditioning.Rescale(odd)).Message, StringComparison.Ordinal);
        var layer = torch.nn.Linear(4, 4);
        var tied = torch.nn.Sequential(("a", layer), ("b", torch.nn.ReLU()), ("c", torch.nn.Linear(4, 4)));
        ((global::TorchSharp.Modules.Linear)tied[2]).weight = layer.weight;
        Assert.Contains("a.weight = c.weight", Assert.Throws<NotRescalableException>(
            () => TorchPathConditioning.Rescale(tied)).Message, StringComparison.Ordinal);
        var smooth = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.GELU(), torch.nn.Linear(4, 2));
        Assert.Throws<NotRescalableException>(() => TorchPathConditioning.Rescale(smooth));
    }

    private static double[] Values(torch.Tensor tensor) => [.. tensor.detach().contiguous().data<double>()];

    private static (global::TorchSharp.Modules.Sequential Theirs, Sequential Ours) WithNorms(bool convolution)
    {
        const DataType Type = DataType.Float64;
        var theirs = convolution
            ? torch.nn.Sequential(
                ("first", torch.nn.Conv2d(2, 4, 3, padding: 1)), ("norm", torch.nn.BatchNorm2d(4)), ("activation", torch.nn.ReLU()),
                ("pool", torch.nn.AdaptiveAvgPool2d(1)), ("flat", torch.nn.Flatten()), ("last", torch.nn.Linear(4, 3)))
            : torch.nn.Sequential(
                ("first", torch.nn.Linear(6, 8)), ("norm", torch.nn.BatchNorm1d(8)), ("activation", torch.nn.ReLU()), ("last", torch.nn.Linear(8, 3)));
        Sequential ours = convolution
            ? new(
                ("first", new Conv2d(2, 4, 3, padding: 1, type: Type)), ("norm", new BatchNorm2d(4, type: Type)), ("activation", new ReLU()),
                ("pool", new GlobalAvgPool2d()), ("last", new Linear(4, 3, type: Type)))
            : new(
                ("first", new Linear(6, 8, type: Type)), ("norm", new BatchNorm1d(8, type: Type)), ("activation", new ReLU()),
                ("last", new Linear(8, 3, type: Type)));
        _ = ours.Initialize(new Philox(4));
        _ = theirs.to(torch.float64);
        using var quiet = torch.no_grad();
        foreach (var (name, tensor) in theirs.named_parameters())
            _ = tensor.copy_(ModelPair.Torch(ours.StateDict()[name]));
        return (theirs, ours);
    }
}
