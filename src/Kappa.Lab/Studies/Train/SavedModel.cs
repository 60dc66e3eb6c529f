namespace Kappa.Lab.Studies.Train;

/// <summary>A model from a file of weights and the JSON that describes it.</summary>
/// <param name="Model">The model, with the weights of the file.</param>
/// <param name="InputShape">The shape of one input, without the batch.</param>
/// <param name="Import">What was loaded from where.</param>
public sealed record SavedModel(Module Model, Shape InputShape, ImportReport Import)
{
    // Larger than any model halves to nothing.
    private const int AnySide = 1 << 12;

    /// <summary>Loads a model. Widths that data usually gives, such as inputs and classes, are read off the weights.</summary>
    /// <param name="request">The files.</param>
    /// <param name="choices">The models there are.</param>
    /// <exception cref="ConfigException">The description is missing, not JSON, or says something it may not; the shape of a picture is needed and not given, or
    /// does not fit; or a rule for names is malformed or fits nothing.</exception>
    /// <exception cref="StateMismatchException">The weights are those of another model; the message lists every name and shape.</exception>
    /// <exception cref="IOException">The weights cannot be read.</exception>
    public static SavedModel Load(WeightsRequest request, Choices choices)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(choices);
        var contents = SafeTensorsFile.Read(request.WeightsPath);
        var description = ModelDescription.ReadFile(request.DescriptionPath, choices);
        var kind = description.Model.Kind;
        if (kind.IsForText)
        {
            throw new ConfigException(
                $"{request.DescriptionPath}: model.name: the units of a {kind.Name} pass through attention and squared ReLU, which are not positively "
                + $"homogeneous; expected {string.Join(", ", choices.Of<NetworkKind>().Where(other => !other.IsForText).Select(other => other.Name))}");
        }
        var given = request.InputShape ?? description.InputShape;
        int height = given is { Count: 3 } ? given[1] : AnySide, width = given is { Count: 3 } ? given[2] : AnySide;
        Module Create(int inputs, int outputs) => kind.Create(
            description.Model.Settings, kind.TakesVectors ? [inputs] : [inputs, height, width], outputs, new Philox(0));
        var (inputs, outputs) = InWords(() => WeightSizes.Of(Create, ShapesOf(contents, request.Import)));
        var shape = kind.TakesVectors ? new Shape(inputs) : PictureShape(request.DescriptionPath, inputs, given);
        var model = Create(inputs, outputs);
        return new SavedModel(model, shape, LoadInto(contents, model, request));
    }

    /// <summary>Loads the weights that were asked for into a model.</summary>
    internal static ImportReport LoadInto(SafeTensorsContents contents, Module model, WeightsRequest request) =>
        InWords(() => SafeTensorsImport.Load(contents, model, request.Import));

    /// <summary>What the library calls an argument is here an option of the user's.</summary>
    private static T InWords<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (ArgumentException error) when (error is not StateMismatchException and not TensorShapeException)
        {
            throw new ConfigException(error.Message);
        }
    }

    private static IEnumerable<long[]> ShapesOf(SafeTensorsContents contents, ImportOptions options) => contents.Entries
        .Where(entry => !options.LeavesOut(entry.Name))
        .Select(entry => entry.Shape.Length == 2 && options.Turns(entry.Name) ? [entry.Shape[1], entry.Shape[0]] : entry.Shape);

    private static Shape PictureShape(string path, int channels, IReadOnlyList<int>? given)
    {
        var shape = given ?? throw new ConfigException(
            $"{path}: the size of a picture is in neither file: give --input-shape {channels},<height>,<width>, "
            + $"or \"inputShape\": [{channels}, <height>, <width>] beside the model's settings");
        if (shape.Count != 3 || shape[0] != channels || shape.Any(length => length < 1))
            throw new ConfigException(
                $"the shape of a picture: expected {channels} channels, as the first weight takes, then a height and a width; "
                + $"got [{string.Join(", ", shape)}]");
        return [.. shape];
    }
}
