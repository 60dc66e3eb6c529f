namespace Kappa.Lab.Tasks.Supervised;

/// <summary>Folders of pictures of one's own.</summary>
internal sealed class FolderDataKind : DataKind
{
    public override string Name => "images";

    public override string Summary => "A folder of your own pictures: a subfolder of PNG and JPEG files for each class.";

    public override DataContent Content => DataContent.Pictures;

    public override SettingsType SettingsType => SettingsOf<FolderSettings>.Type;

    internal override string? PathOf(object settings) => ((FolderSettings)settings).Path;

    internal override IReadOnlyList<int> PictureShape(object settings)
    {
        var given = (FolderSettings)settings;
        return [given.Grey ? 1 : 3, given.Height, given.Width];
    }

    internal override object Resolved(object settings, string folder)
    {
        var given = (FolderSettings)settings;
        return given with
        {
            Path = Path.GetFullPath(given.Path, folder),
            ValidationPath = given.ValidationPath.Length == 0 ? "" : Path.GetFullPath(given.ValidationPath, folder),
        };
    }

    internal override TrainingData Load(object settings, DataRequest request)
    {
        var given = (FolderSettings)settings;
        try
        {
            // What was learnt from the training pictures when the run began.
            var known = request.EncoderFile is { } file && File.Exists(file) ? PictureRecipe.Load(file) : null;
            var all = PictureFolder.Open(
                given.Path, known?.Options(given) ?? given.Options, DataProgress.OfPictures(given.Path, request.Progress), request.Cancellation);
            var (training, validation) = given.ValidationPath.Length > 0
                ? (all, all.OpenAlike(given.ValidationPath, DataProgress.OfPictures(given.ValidationPath, request.Progress), request.Cancellation))
                : all.SplitByClass(given.ValidationShare, new Philox((ulong)given.SplitSeed).Split("split"));
            if (known is null && request.EncoderFile is { } made)
                PictureRecipe.Of(training).Save(made);
            return PictureData.Of(training, validation, all.ClassNames, request, given, training.IsCached && validation.IsCached);
        }
        catch (DataFileException error)
        {
            throw FolderSettings.InTermsOf(error, "set skipCorrupt of the data");
        }
        catch (Exception error) when (error is ArgumentException or DirectoryNotFoundException)
        {
            throw new ConfigException($"{request.DataPath}: {error.Message.Split(" (Parameter", 2)[0]}");
        }
    }
}
