namespace Kappa.Onnx.Operators;

/// <summary>The windows of a convolution or pooling: kernel, strides, dilations and padding for each of two axes.</summary>
internal sealed class Padding
{
    private readonly NodeReader _node;
    private readonly string _automatic;
    private readonly int[]? _given;

    /// <summary>Reads the attributes.</summary>
    internal Padding(NodeReader node)
    {
        _node = node;
        Kernel = node.Ints("kernel_shape");
        Strides = node.Ints("strides");
        Dilations = node.Ints("dilations");
        _given = node.Ints("pads");
        _automatic = node.Text("auto_pad", "NOTSET");
        IsCeiling = node.Flag("ceil_mode", false);
        if (_automatic is not ("NOTSET" or "" or "VALID" or "SAME_UPPER" or "SAME_LOWER"))
            throw node.Fault($"its auto_pad is {OnnxException.Quote(_automatic)}; expected NOTSET, VALID, SAME_UPPER or SAME_LOWER");
        if (Strides?.Any(stride => stride < 1) == true || Dilations?.Any(dilation => dilation < 1) == true || Kernel?.Any(length => length < 1) == true)
            throw node.Fault("its kernel_shape, strides and dilations are 1 or more");
        if (_given?.Any(pad => pad < 0) == true)
            throw node.Fault("its pads are 0 or more");
    }

    internal int[]? Kernel { get; }

    internal int[]? Strides { get; }

    internal int[]? Dilations { get; }

    /// <summary>Whether a window that is not whole counts at the end of an axis.</summary>
    internal bool IsCeiling { get; }

    /// <summary>One stride, dilation or kernel for all axes.</summary>
    internal int Same(int[]? values, string name, int axes) => values switch
    {
        null => 1,
        _ when values.Length != axes => throw _node.Fault($"its {name} has {values.Length} lengths; expected {axes}"),
        _ when values.Any(value => value != values[0]) => throw _node.Fault(
            $"its {name} is [{string.Join(", ", values)}]; the engine takes one number for both axes"),
        _ => values[0],
    };

    /// <summary>What is added before and after an axis.</summary>
    /// <param name="axis">The axis of the image, 0 or 1.</param>
    /// <param name="axes">How many the image has.</param>
    /// <param name="length">Its length.</param>
    /// <param name="window">The pixels from the first to the last that a window reads.</param>
    /// <param name="stride">The stride.</param>
    internal (int Before, int After) Of(int axis, int axes, int length, int window, int stride)
    {
        int before = 0, after = 0;
        if (_automatic is "SAME_UPPER" or "SAME_LOWER")
        {
            int total = (int)Math.Max(0, ((((long)length + stride - 1) / stride - 1) * stride) + window - length);
            before = _automatic == "SAME_UPPER" ? total / 2 : total - (total / 2);
            after = total - before;
        }
        else if (_automatic != "VALID" && _given is not null)
        {
            if (_given.Length != 2 * axes)
                throw _node.Fault($"its pads has {_given.Length} lengths; expected {2 * axes}");
            (before, after) = (_given[axis], _given[axes + axis]);
        }

        // Where whole windows alone count, what does not fill one is not read.
        long windows = Count(length, before, after, window, stride);
        if (IsCeiling && (((long)length + before + after - window) % stride) is > 0 and var rest && windows * stride < (long)length + before)
            after += (int)(stride - rest);
        return (before, after);
    }

    /// <summary>Whether padding by as much on both sides as before the axis gives the same windows.</summary>
    internal static bool IsSymmetric(int length, int before, int after, int window, int stride) =>
        after == before || (after < before && Count(length, before, after, window, stride) == Count(length, before, before, window, stride));

    private static long Count(int length, int before, int after, int window, int stride) => (((long)length + before + after - window) / stride) + 1;
}
