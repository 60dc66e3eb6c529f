namespace Kappa.Lab.Experiments;

/// <summary>Examples of classes that cells train on and test with.</summary>
/// <param name="Training">What is trained on.</param>
/// <param name="Test">What is only measured on.</param>
/// <param name="Classes">How many classes there are.</param>
internal sealed record PictureExamples(DataSet Training, DataSet Test, int Classes)
{
    /// <summary>Fashion-MNIST, or the user's data, whose classes come in an order of chance, since a part of it may be asked for.</summary>
    internal static PictureExamples Of(Choice<DataKind>? own, bool isFlat) => own is null ? Clothes : Own(own, isFlat);

    /// <summary>Handwritten digits, or the user's data.</summary>
    internal static PictureExamples DigitsOr(Choice<DataKind>? own) => own is null ? Digits : Own(own, isFlat: true);

    private static PictureExamples Clothes => new(Pictures.Fashion.Training, Pictures.Fashion.Test, Pictures.Fashion.Training.ClassNames.Count);

    private static PictureExamples Digits => new(Pictures.Digits.Training, Pictures.Digits.Test, 10);

    private static PictureExamples Own(Choice<DataKind> own, bool isFlat)
    {
        var data = OwnData.LoadClasses(own, isFlat);
        var generator = new Philox(0).Split("own");
        return new(Mixed(data.Training, generator.Split("training")), Mixed(data.Validation, generator.Split("test")), data.OutputSize);
    }

    private static DataSubset Mixed(DataSet data, Philox generator)
    {
        int[] rows = [.. Enumerable.Range(0, data.Count)];
        generator.Shuffle(rows);
        return new DataSubset(data, rows);
    }
}
