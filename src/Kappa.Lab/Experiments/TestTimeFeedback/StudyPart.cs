namespace Kappa.Lab.Experiments.TestTimeFeedback;

/// <summary>A study as a part of a run of several.</summary>
/// <param name="Study">The study.</param>
/// <param name="Settings">Its settings.</param>
/// <param name="Finished">The run that its results are taken from; null where they are made.</param>
internal sealed record StudyPart(TestTimeFeedbackExperiment Study, FeedbackSettings Settings, ExperimentFolder? Finished)
{
    /// <summary>The study that a finished run is of, with the settings that it had.</summary>
    /// <param name="path">The run's folder.</param>
    /// <param name="studies">Those that it may be of.</param>
    /// <param name="choices">What its settings may name.</param>
    /// <param name="setting">What errors begin with.</param>
    /// <exception cref="ConfigException">It is no finished run of one of them.</exception>
    internal static StudyPart Of(string path, IReadOnlyList<TestTimeFeedbackExperiment> studies, Choices choices, string setting)
    {
        if (string.IsNullOrWhiteSpace(path))
            throw new ConfigException($"{setting}expected the folder of a finished run; got an empty text");
        ExperimentConfig config;
        try
        {
            config = ExperimentConfig.Read(path, RunFolder.Read(path, ExperimentFolder.Kind));
        }
        catch (RunFolderException error)
        {
            throw new ConfigException($"{setting}{error.Message}");
        }
        var study = studies.FirstOrDefault(one => one.FullName == config.Experiment)
            ?? throw new ConfigException(
                $"{setting}expected a run of one of {string.Join(", ", studies.Select(one => one.FullName))}; got {config.Experiment}");
        var settings = (FeedbackSettings)study.Read(config.Settings, choices);
        var folder = new ExperimentFolder(new RunPart(path));
        var cells = study.AllCells(settings);
        int missing = cells.Count(cell => !folder.Has(cell.Key));
        return missing == 0 ? new StudyPart(study, settings, folder) : throw new ConfigException(
            $"{setting}expected a finished run; {missing} of {cells.Count} pieces of work are missing. Run kappa reproduce --resume {path}");
    }
}
