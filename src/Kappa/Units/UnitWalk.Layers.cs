using Kappa.Tensors;
using Kappa.Tensors.Kernels;
using Kappa.Tensors.Operations;

namespace Kappa.Units;

/// <content>Operations with parameters.</content>
internal sealed partial class UnitWalk
{
    private int[]? Linear(LinearNode node)
    {
        var (x, weight) = (node.Input(0), node.Input(1));
        if (!IsLayer(node, out var bias))
            return null;
        int rows = x.Shape[0];
        int[] enter = NewLabels(weight.Shape[0]);
        AddLayer(weight, bias, "Linear", enter);
        Register(new ParameterUse(NameOf(weight), weight, enter, Columns(LabelsOf(x), rows, x.Shape[1], 1)));
        RegisterBias(bias, enter);
        return Activated(node, Spread(enter, rows, 1), enter);
    }

    private int[]? Convolution(Conv2dNode node)
    {
        var (x, weight) = (node.Input(0), node.Input(1));
        if (!IsLayer(node, out var bias))
            return null;
        var geometry = node.Geometry;
        int[] enter = NewLabels(geometry.OutputChannels);
        AddLayer(weight, bias, "Conv2d", enter);
        int[] leave = Columns(LabelsOf(x), geometry.Batch, geometry.InputChannels, geometry.InputPixels);
        Register(new ParameterUse(NameOf(weight), weight, enter, leave, geometry.KernelHeight * geometry.KernelWidth, geometry.Groups));
        RegisterBias(bias, enter);
        return Activated(node, Spread(enter, geometry.Batch, geometry.OutputPixels), enter);
    }

    private int[]? Product(MatMulNode node)
    {
        var (x, weight) = (node.Input(0), node.Input(1));
        if (node.TransposeA || !_network.ParameterTensors.Contains(weight) || ViewedParameter(x) is not null)
            return null;
        int[] enter = NewLabels(weight.Shape[node.TransposeB ? 0 : 1]);
        AddLayer(weight, null, "MatMul", enter);
        int[] leave = Columns(LabelsOf(x), x.Shape[0], x.Shape[1], 1);
        Register(new ParameterUse(NameOf(weight), weight, enter, leave) { IsTransposed = !node.TransposeB });
        return Spread(enter, x.Shape[0], 1);
    }

    private int[]? Normalization(BatchNormNode node)
    {
        var x = node.Input(0);
        var (weight, bias) = node.InputCount == 3 ? (node.Input(1), node.Input(2)) : (null, null);
        if (weight is not null && !(_network.ParameterTensors.Contains(weight) && _network.ParameterTensors.Contains(bias!)))
            return null;
        int channels = x.Shape[1], inner = SliceNode.Inner(x.Shape, 1);
        var named = weight ?? node.RunningMean;
        string path = named is null ? "without parameters" : PathOf(named);
        if (KeepsIdentity)
            return LabelsOf(x);
        if (_rule == UnitRule.ScaleThroughNorms && node.RunningMean is { } mean)
        {
            int[] through = Columns(LabelsOf(x), x.Shape[0], channels, inner);
            Register(Following(mean, through));
            if (bias is not null)
                Register(Following(bias, through));
            if (weight is not null)
                FixParameter(weight, $"the parameter {NameOf(weight)} is used in another way as well");
            return LabelsOf(x);
        }

        Freeze(x, $"it is in front of the batch normalisation {path}, which undoes its scale in training mode");
        int[] enter = weight is null ? new int[channels] : NewLabels(channels);
        if (weight is not null)
        {
            AddLayer(weight, bias, "BatchNorm", enter);
            RegisterBias(weight, enter);
            RegisterBias(bias, enter);
        }

        return Spread(enter, x.Shape[0], inner);
    }

    private ParameterUse Following(Tensor tensor, int[] enter) => Vector(tensor, enter, new int[enter.Length]) with { Counts = false };

    private bool IsLayer(ActivatedNode node, out Tensor? bias)
    {
        bias = node.InputCount == 3 ? node.Input(2) : null;
        return _network.ParameterTensors.Contains(node.Input(1)) && (bias is null || _network.ParameterTensors.Contains(bias))
            && ViewedParameter(node.Input(0)) is null;
    }

    private int[] Activated(ActivatedNode node, int[] labels, int[] enter)
    {
        if (KeepsIdentity || node.Activation is UnaryKernel.Identity or UnaryKernel.Relu)
            return labels;
        Labels.Freeze(enter, $"its activation {node.Activation} is not positively homogeneous");
        return new int[labels.Length];
    }

    private void RegisterBias(Tensor? bias, int[] enter)
    {
        if (bias is not null)
            Register(Vector(bias, enter, new int[enter.Length]));
    }

    private ParameterUse Vector(Tensor tensor, int[] enter, int[] leave) => new(NameOf(tensor), tensor, enter, leave, Groups: enter.Length);

    private string NameOf(Tensor tensor) => _network.Names.GetValueOrDefault(tensor) ?? "(unnamed)";
}
