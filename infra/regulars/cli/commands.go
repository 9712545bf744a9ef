package cli

// commands lists everything that can be typed, in the order of a shop's life.
func commands() []*command {
	return []*command{
		runCommand(),
		sendCommand(),
		cardCommand(),
		householdCommand(),
		giftcardCommand(),
		keyCommand(),
		codeCommand(),
		programmeCommand(),
		campaignCommand(),
		templateCommand(),
		offerCommand(),
		whyCommand(), journeyCommand(), explainCommand(),
		replayCommand(),
		inboxCommand(),
		importCommand(),
		exportCommand(),
		personCommand(),
		suppressCommand(),
		segmentCommand(),
		listCommand(),
		backtestCommand(),
		reportCommand(),
		verifyCommand(),
		auditCommand(),
		doctorCommand(),
		versionCommand(),
	}
}
