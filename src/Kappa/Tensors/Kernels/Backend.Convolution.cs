namespace Kappa.Tensors.Kernels;

/// <content>Convolutions as products with unfolded patches, and pooling.</content>
internal abstract partial class Backend
{
    /// <summary>patches[group, (batch, y, x), (in, kernel)] = what each output of a convolution reads, in the order of the weight.</summary>
    internal virtual void UnfoldPatches(in ConvolutionGeometry geometry, Tensor x, Tensor patches)
    {
        if (patches.Count == 0)
            return;
        using var _ = Composed.Begin();
        var padded = Padded(x, geometry.Batch * geometry.InputChannels, geometry.Height, geometry.Width, geometry.Padding);
        int width = geometry.Width + (2 * geometry.Padding), plane = (geometry.Height + (2 * geometry.Padding)) * width;
        var shaped = patches.Alias([
            geometry.Groups, geometry.Batch, geometry.OutputHeight, geometry.OutputWidth, geometry.GroupInputs, geometry.KernelHeight, geometry.KernelWidth]);
        CopyStrided(padded, [
            geometry.GroupInputs * plane, geometry.InputChannels * plane, geometry.Stride * width, geometry.Stride, plane, geometry.Dilation * width,
            geometry.Dilation], shaped);
    }

    /// <summary>y = f(x * weight + bias), a convolution; adds to y when asked, then without bias and activation. Where beforeActivation is given, x * weight +
    /// bias goes there as well.</summary>
    internal virtual void Convolution(
        in ConvolutionGeometry geometry, Tensor x, Tensor weight, Tensor? bias, UnaryKernel activation, Tensor? beforeActivation, Tensor y, bool accumulate)
    {
        if (y.Count == 0)
            return;
        using var _ = Composed.Begin();
        var patches = Unfolded(geometry, x);
        var weights = weight.Alias([geometry.Groups, geometry.GroupOutputs, geometry.PatchLength]);
        int rows = geometry.Batch * geometry.OutputPixels;
        var parts = new Tensor[geometry.Groups];
        for (int group = 0; group < geometry.Groups; group++)
        {
            var product = x.New([rows, geometry.GroupOutputs]);
            MatMul(false, true, patches.Entry(group), weights.Entry(group), product, accumulate: false);
            parts[group] = product.Reshape([geometry.Batch, geometry.OutputPixels, geometry.GroupOutputs]).Permute(0, 2, 1);
        }

        var made = Tensor.Concat(1, parts);
        if (bias is not null)
            made += bias.Alias([geometry.OutputChannels, 1]);
        if (beforeActivation is not null)
            Put(made, beforeActivation);
        if (activation != UnaryKernel.Identity)
            Unary(activation, made, made);
        Put(made, y, accumulate);
    }

    /// <summary>y = f(n(x * weight + bias)), a convolution and the batch normalisation behind it, where nothing will be differentiated. The weight may be kept
    /// in another order until it changes. By default one after the other.</summary>
    internal virtual void InferConvolution(
        in ConvolutionGeometry geometry, Tensor x, Tensor weight, Tensor? bias, ChannelNormalization? normalization, UnaryKernel activation, Tensor y)
    {
        if (normalization is null)
        {
            Convolution(geometry, x, weight, bias, activation, null, y, accumulate: false);
            return;
        }

        Convolution(geometry, x, weight, bias, UnaryKernel.Identity, null, y, accumulate: false);
        ChannelCombine(
            [new(y, normalization.Factors, normalization.Shifts)], normalization.Offsets, geometry.Batch, geometry.OutputChannels, geometry.OutputPixels, y,
            accumulate: false);
        if (activation != UnaryKernel.Identity)
            Unary(activation, y, y);
    }

    /// <summary>The gradients of x * weight + bias at those of its inputs that have a target. x is needed for that of the weight, the weight for that of
    /// x.</summary>
    internal virtual void ConvolutionGradients(
        in ConvolutionGeometry geometry, Tensor? x, Tensor? weight, Tensor gradient, GradientTarget toX, GradientTarget toWeight, GradientTarget toBias)
    {
        using var _ = Composed.Begin();
        int rows = geometry.Batch * geometry.OutputPixels;
        var images = gradient.Alias([geometry.Batch, geometry.OutputChannels, geometry.OutputPixels]);
        if (toBias.Tensor is not null)
            Put(images.Sum(2).Sum(0), toBias.Tensor, toBias.Accumulate);
        var patches = toWeight.Tensor is null ? null : Unfolded(geometry, x!);
        var (atWeight, atPatches) = (new Tensor[geometry.Groups], new Tensor[geometry.Groups]);
        for (int group = 0; group < geometry.Groups; group++)
        {
            var outputs = Slice(images, 1, group * geometry.GroupOutputs, geometry.GroupOutputs).Permute(0, 2, 1).Reshape([rows, geometry.GroupOutputs]);
            if (patches is not null)
                atWeight[group] = outputs.MatMul(patches.Entry(group), transposeA: true);
            if (toX.Tensor is not null)
                atPatches[group] = outputs.MatMul(weight!.Alias([geometry.Groups, geometry.GroupOutputs, geometry.PatchLength]).Entry(group));
        }

        if (toWeight.Tensor is not null)
            Put(Tensor.Concat(0, atWeight), toWeight.Tensor, toWeight.Accumulate);
        if (toX.Tensor is not null)
            Put(Folded(geometry, Tensor.Concat(0, atPatches)), toX.Tensor, toX.Accumulate);
    }

    /// <summary>y = the largest element of each window; winners = its flat index in x, the first of equals; NaN wins. By default the host says which.</summary>
    internal virtual void MaxPool(in PoolingGeometry geometry, Tensor x, Tensor y, Tensor winners)
    {
        using var _ = Composed.Begin();
        var (largest, from) = (Tensor.Uninitialized(y.Shape, y.DataType), Tensor.Uninitialized(winners.Shape, DataType.Int32));
        Device.Cpu.Backend.MaxPool(geometry, x.To(Device.Cpu), largest, from);
        y.CopyFromInPlace(largest);
        winners.CopyFromInPlace(from);
    }

    /// <summary>y = the mean of each window, over kernel^2 elements, padding included.</summary>
    internal virtual void AveragePool(in PoolingGeometry geometry, Tensor x, Tensor y)
    {
        if (y.Count == 0)
            return;
        using var _ = Composed.Begin();
        var windows = x.New(Windows(geometry));
        CopyStrided(Padded(x, geometry.Planes, geometry.Height, geometry.Width, geometry.Padding), Strides(geometry), windows);
        int area = geometry.Kernel * geometry.Kernel;
        Sum(windows, y.Count, area, 1, area, y, accumulate: false);
    }

    /// <summary>The transpose of the above; adds when asked.</summary>
    internal virtual void AveragePoolDerivative(in PoolingGeometry geometry, Tensor gradient, Tensor result, bool accumulate)
    {
        using var _ = Composed.Begin();
        int height = geometry.Height + (2 * geometry.Padding), width = geometry.Width + (2 * geometry.Padding);
        var shares = (gradient / ((double)geometry.Kernel * geometry.Kernel))
            .Reshape([geometry.Planes, geometry.OutputHeight, geometry.OutputWidth, 1, 1]).Expand(Windows(geometry));
        var sum = gradient.NewZeros([geometry.Planes, height, width]);
        ScatterAddRows(shares, Places(Windows(geometry), Strides(geometry), gradient), 1, sum);
        Put(Cropped(sum, geometry.Planes, geometry.Height, geometry.Width, geometry.Padding), result, accumulate);
    }

    private Tensor Unfolded(in ConvolutionGeometry geometry, Tensor x)
    {
        var patches = x.New([geometry.Groups, geometry.Batch * geometry.OutputPixels, geometry.PatchLength]);
        UnfoldPatches(geometry, x, patches);
        return patches;
    }

    /// <summary>Adds up what patches, as they were unfolded, bring to each pixel.</summary>
    private Tensor Folded(in ConvolutionGeometry geometry, Tensor patches)
    {
        int height = geometry.Height + (2 * geometry.Padding), width = geometry.Width + (2 * geometry.Padding), plane = height * width;
        var sum = patches.NewZeros([geometry.Batch * geometry.InputChannels, height, width]);
        Shape shape = [
            geometry.Groups, geometry.Batch, geometry.OutputHeight, geometry.OutputWidth, geometry.GroupInputs, geometry.KernelHeight, geometry.KernelWidth];
        int[] strides = [
            geometry.GroupInputs * plane, geometry.InputChannels * plane, geometry.Stride * width, geometry.Stride, plane, geometry.Dilation * width,
            geometry.Dilation];
        ScatterAddRows(patches, Places(shape, strides, patches), 1, sum);
        return Cropped(sum, geometry.Batch * geometry.InputChannels, geometry.Height, geometry.Width, geometry.Padding);
    }

    /// <summary>Planes [height, width] with zeros around.</summary>
    private Tensor Padded(Tensor x, int planes, int height, int width, int padding)
    {
        if (padding == 0)
            return x;
        int wide = width + (2 * padding), high = height + (2 * padding);
        var across = x.NewZeros([planes, height, wide]);
        CopyBlock(x, 0, width, across, padding, wide, planes * height, width);
        var result = x.NewZeros([planes, high, wide]);
        CopyBlock(across, 0, height * wide, result, padding * wide, high * wide, planes, height * wide);
        return result;
    }

    /// <summary>Planes without what was put around them.</summary>
    private Tensor Cropped(Tensor x, int planes, int height, int width, int padding)
    {
        if (padding == 0)
            return x;
        int wide = width + (2 * padding), high = height + (2 * padding);
        var across = x.New([planes, height, wide]);
        CopyBlock(x, padding * wide, high * wide, across, 0, height * wide, planes, height * wide);
        var result = x.New([planes, height, width]);
        CopyBlock(across, padding, wide, result, 0, width, planes * height, width);
        return result;
    }

    private static Shape Windows(in PoolingGeometry geometry) =>
        [geometry.Planes, geometry.OutputHeight, geometry.OutputWidth, geometry.Kernel, geometry.Kernel];

    private static int[] Strides(in PoolingGeometry geometry)
    {
        int width = geometry.Width + (2 * geometry.Padding);
        return [(geometry.Height + (2 * geometry.Padding)) * width, geometry.Stride * width, geometry.Stride, width, 1];
    }

    /// <summary>Where the elements of a shape with these strides are.</summary>
    private static Tensor Places(Shape shape, int[] strides, Tensor like)
    {
        int[] places = new int[shape.Count];
        for (int i = 0; i < places.Length; i++)
        {
            int rest = i;
            for (int axis = shape.Rank - 1; axis >= 0; axis--)
            {
                places[i] += rest % shape[axis] * strides[axis];
                rest /= shape[axis];
            }
        }

        return Indices(places, shape, like);
    }
}
